// What must be true of every workflow and is not checked by actionlint or zizmor.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { offerFindings } from './offer-rules.ts';
import { CLUSTER_RUNNER, roleFindings } from './role-jobs.ts';

const Step = z.object({
  uses: z.string().optional(),
  if: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
const Action = z.object({ runs: z.object({ steps: z.array(Step) }) });
const Job = z.object({
  'runs-on': z.string().optional(),
  uses: z.string().optional(),
  if: z.string().default(''),
  strategy: z.unknown().optional(),
  'timeout-minutes': z.number().optional(),
  permissions: z.unknown().optional(),
  steps: z.array(Step).default([]),
});
const Workflow = z.object({
  name: z.string(),
  on: z.unknown(),
  permissions: z.unknown().optional(),
  concurrency: z.unknown().optional(),
  jobs: z.record(z.string(), Job),
});
type Workflow = z.infer<typeof Workflow>;

/** More lines than this are logic, which belongs in a script that can be run and tested. */
const MAX_RUN_LINES = 2;
const PINNED = /^[^@\s]+@[0-9a-f]{40}$/;

export const WORKFLOWS = ['.github/workflows/*.yaml', 'gitops-config/.github/workflows/*.yaml'] as const;
export const ACTIONS = ['.github/actions/*/action.yml'] as const;

function triggersOf(on: unknown): string[] {
  if (typeof on === 'string') return [on];
  if (Array.isArray(on)) return on.map(String);
  return typeof on === 'object' && on !== null ? Object.keys(on) : [];
}

async function jobFindings(root: string, where: string, job: Workflow['jobs'][string]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const say = (what: string): void => void findings.push({ where, what });
  if (job.permissions === undefined) say('permissions are missing: name what the job needs');
  if (job.uses !== undefined) return findings; // the called workflow has its own
  if (job['timeout-minutes'] === undefined) say('timeout-minutes is missing: the default is six hours');
  if (!/^ubuntu-\d\d\.\d\d$/.test(job['runs-on'] ?? '') && job['runs-on'] !== CLUSTER_RUNNER)
    say(`runs-on ${job['runs-on'] ?? '(none)'}: name a version, not latest`);
  findings.push(...roleFindings(where, job), ...offerFindings(where, job.steps, job.if));
  for (const { uses, run, with: inputs } of job.steps) {
    if (uses?.startsWith('actions/checkout@') && inputs['persist-credentials'] !== false)
      say('checkout: persist-credentials: false, or every later step has the token');
    if (run === undefined) continue;
    if (/^(npm|npx|node|turbo)\b/.test(run)) say(`run "${run}": call a script of .ci/, so that .ci/run does the same`);
    if (run.includes('${{'))
      say(`run "${run.split('\n')[0] ?? ''}": an expression becomes part of the script: pass it by env`);
    if (run.trim().split('\n').length > MAX_RUN_LINES)
      say(`run of more than ${MAX_RUN_LINES} lines: make it a script of the repository`);
    const script = /^(\.?[\w./-]+\/[\w.-]+)/.exec(run.trim())?.[1];
    const folder = where.startsWith('gitops-config/') ? 'gitops-config' : '.';
    const exists =
      script === undefined ||
      (await readFile(path.join(root, folder, script)).then(
        () => true,
        () => false,
      ));
    if (!exists) say(`run: ${script} does not exist`);
  }
  return findings;
}

/** Every `uses`, with the comment after it. */
function usesFindings(file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  const lines = new LineCounter();
  visit(parseDocument(text, { lineCounter: lines }), {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value) || isMap(value)) return;
      const uses = String(value.value);
      const where = `${file}:${lines.linePos(value.range?.[0] ?? 0).line}`;
      if (/^[.$]\//.test(uses)) return;
      if (!PINNED.test(uses)) findings.push({ where, what: `${uses}: pin it by the 40 digits of a commit` });
      else if (!/^\s*v\d+\.\d+\.\d+/.test(value.comment ?? ''))
        findings.push({ where, what: `${uses}: name its version in a comment, # vN.N.N` });
    },
  });
  return findings;
}

export const workflowRuleCheck: Check = {
  name: 'workflows pin actions, request few permissions, have timeouts, and leave logic to scripts',
  async run(root) {
    const findings: Finding[] = [];
    const files = await listFiles(root, ...WORKFLOWS);
    for (const file of files) {
      const text = await readFile(path.join(root, file), 'utf8');
      const workflow = Workflow.parse(parseDocument(text).toJS());
      const triggers = triggersOf(workflow.on);
      if (JSON.stringify(workflow.permissions) !== '{}')
        findings.push({ where: file, what: 'permissions: {} at the top; each job names its own' });
      for (const trigger of ['pull_request_target', 'workflow_run'])
        if (triggers.includes(trigger))
          findings.push({ where: file, what: `${trigger} runs a stranger's change with our rights` });
      if (workflow.concurrency === undefined && !triggers.includes('workflow_call'))
        findings.push({ where: file, what: 'concurrency is missing: two runs would overlap' });
      for (const [name, job] of Object.entries(workflow.jobs))
        findings.push(...(await jobFindings(root, `${file}: ${name}`, job)));
      findings.push(...usesFindings(file, text));
    }
    const actions = await listFiles(root, ...ACTIONS);
    for (const file of actions) {
      const text = await readFile(path.join(root, file), 'utf8');
      const { steps } = Action.parse(parseDocument(text).toJS()).runs;
      findings.push(...usesFindings(file, text), ...offerFindings(file, steps));
    }
    return { looked: `${files.length} workflows, ${actions.length} actions`, findings };
  },
};
