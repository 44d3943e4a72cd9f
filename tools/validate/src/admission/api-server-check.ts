// The same table, judged by the API server's own CEL (tools/validate/apiserver-cel), where that is installed.
import { z } from 'zod';
import type { Check, Finding } from '../check.ts';
import { KUSTOMIZE, renderFolder } from '../manifests/render.ts';
import { runTool } from '../run-tool.ts';
import { ATTEMPTS } from './attempts.ts';

const JUDGE = 'apiserver-cel';
const FOLDER = 'gitops-config/policies';
const KIND = 'ValidatingAdmissionPolicy';

const Refusals = z.array(z.object({ policy: z.string(), attempt: z.string(), reason: z.string() }));

export const apiServerCheck: Check = {
  name: "the API server's own CEL judges the table of pods as it must",
  needs: [KUSTOMIZE, JUDGE],
  async run(root) {
    const policies = (await renderFolder(root, FOLDER)).objects.filter(({ kind }) => kind === KIND);
    const input = JSON.stringify({ policies, attempts: ATTEMPTS });
    const { code, stdout, stderr } = await runTool(JUDGE, [], { cwd: root, input });
    if (code !== 0) throw new Error(`${JUDGE}: ${stderr.trim()}`);
    const refusals = Refusals.parse(JSON.parse(stdout));
    const findings: Finding[] = [];
    for (const { says, refusedBy } of ATTEMPTS) {
      for (const { metadata } of policies) {
        const refusal = refusals.find(({ policy, attempt }) => policy === metadata.name && attempt === says);
        const where = `${FOLDER}: ${metadata.name}: ${says}`;
        const must = refusedBy.includes(metadata.name);
        if (refusal && !must) findings.push({ where, what: `refused, and must be admitted: ${refusal.reason}` });
        if (!refusal && must) findings.push({ where, what: 'admitted, and must be refused' });
      }
    }
    return { looked: `${ATTEMPTS.length} attempts, ${policies.length} policies`, findings };
  },
};
