// The workflow that releases is called from other repositories, and its identity stands in four places: in the certificate, in the policy
// that admits images, in the scripts that refuse callers, and in the guide that says how to call it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';

const WORKFLOW = '.github/workflows/build-image.yaml';
const ACTIONS = '.github/actions';
const GUIDE = 'docs/bring-your-own-app.md';
const PROVENANCE = 'https://slsa.dev/provenance/v1';

const Steps = z.array(
  z.object({
    uses: z.string().default(''),
    run: z.string().default(''),
    with: z.record(z.string(), z.unknown()).default({}),
  }),
);
type Steps = z.infer<typeof Steps>;
const Called = z.object({ jobs: z.object({ build: z.object({ steps: Steps }) }) });
const Action = z.object({ runs: z.object({ steps: Steps }) });

/** Its own files are reached by `$/`, and in an action by its path: everything else is the caller's. */
async function pathFindings(root: string, where: string, steps: Steps): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { uses, run } of steps) {
    if (uses.startsWith('./')) findings.push({ where, what: `uses ${uses}: that is the caller's file; write $/` });
    if (uses.startsWith('$/')) {
      const file = `${uses.slice(2)}/action.yml`;
      const text = await readFile(path.join(root, file), 'utf8').catch(() => undefined);
      if (text === undefined) findings.push({ where, what: `uses ${uses}: ${file} does not exist` });
      else findings.push(...(await pathFindings(root, file, Action.parse(parse(text)).runs.steps)));
    }
    const own = /\$GITHUB_ACTION_PATH\/([\w.-]+)/.exec(run)?.[1];
    if (run !== '' && own === undefined)
      findings.push({ where, what: `run "${run.trim()}": the caller has no such file; make it a script of an action` });
    if (own === undefined) continue;
    const script = path.posix.join(path.posix.dirname(where), own);
    const exists = (await listFiles(root, script)).length > 0;
    if (!exists) findings.push({ where, what: `run: ${script} does not exist` });
  }
  return findings;
}

function orderFindings(steps: Steps): Finding[] {
  const at = (part: string): number => steps.findIndex(({ uses }) => uses.includes(part));
  const order = ['build-push-action', 'scan-image', 'publish-image', 'announce-release'];
  const places = order.map(at);
  const isRight =
    places.every((place, index) => place > (places[index - 1] ?? -1)) && places.at(-1) === steps.length - 1;
  return [
    ...(isRight ? [] : [{ where: WORKFLOW, what: `its steps must be ${order.join(', ')}, the last one last` }]),
    ...steps.flatMap(({ uses, with: { identity } }) =>
      identity === undefined || identity === '${{ job.workflow_ref }}'
        ? []
        : [
            {
              where: `${WORKFLOW}: ${uses}`,
              what: 'identity must be ${{ job.workflow_ref }}: any other is the caller’s',
            },
          ],
    ),
  ];
}

async function policyFindings(root: string, read: (file: string) => Promise<string>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const files = await listFiles(root, 'gitops-config/policies/*.yaml');
  const policies = (await Promise.all(files.map(read))).join('\n');
  const signing = await read(`${ACTIONS}/publish-image/sign-and-verify.sh`);
  const provenance = await read(`${ACTIONS}/publish-image/write-provenance.sh`);
  const caller = await read(`${ACTIONS}/name-image/check-caller.sh`);
  const where = 'gitops-config/policies';

  const subjects = [
    ...new Set(
      [...policies.matchAll(/subject: *'?"?(https:\S+\.github\/workflows\/[^\s'"]+)/g)].map(([, text = '']) => text),
    ),
  ];
  const [subject = ''] = subjects;
  const [, repository = '', file = '', ref = ''] =
    /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(\S+)@(\S+)$/.exec(subject) ?? [];
  if (subjects.length !== 1 || file !== WORKFLOW)
    return [{ where, what: `it admits ${subjects.join(', ') || 'nobody'}: the signer is ${WORKFLOW}` }];
  if (!caller.includes(`= ${ref} ]`))
    findings.push({ where, what: `it admits ${ref}, which check-caller.sh does not require` });

  const issuer = /issuer: *'?"?(https:\S+)/.exec(policies)?.[1] ?? 'no issuer';
  if (!signing.includes(issuer))
    findings.push({ where, what: `it admits ${issuer}, which sign-and-verify.sh does not verify` });
  if (policies.includes(PROVENANCE) && !/cosign attest .*slsaprovenance1/.test(signing))
    findings.push({ where, what: `it asks for ${PROVENANCE}, which nobody signs` });
  for (const [, field = ''] of policies.matchAll(/externalParameters\.workflow\.(\w+)/g))
    if (!new RegExp(String.raw`workflow: \{.*\b${field}: `).test(provenance))
      findings.push({ where, what: `it compares externalParameters.workflow.${field}, which the provenance lacks` });

  const calls = [...(await read(GUIDE)).matchAll(/uses: (\S+\/build-image\.yaml)@(\S+)/g)];
  if (calls.length === 0) findings.push({ where: GUIDE, what: 'it does not say how the workflow is called' });
  for (const [, called = '', at = ''] of calls)
    if (`${called}@refs/heads/${at}` !== `${repository}/${file}@${ref}`)
      findings.push({
        where: GUIDE,
        what: `${called}@${at} signs as somebody whom the policy refuses: ${repository}/${file}@${ref}`,
      });
  return findings;
}

export const releaseCheck: Check = {
  name: 'the release workflow can be called from another repository, and signs what the policy admits',
  async run(root) {
    const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');
    const { steps } = Called.parse(parse(await read(WORKFLOW))).jobs.build;
    const findings = [
      ...(await pathFindings(root, WORKFLOW, steps)),
      ...orderFindings(steps),
      ...(await policyFindings(root, read)),
    ];
    return { looked: `${steps.length} steps`, findings };
  },
};
