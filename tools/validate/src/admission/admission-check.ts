import type { Check, Finding } from '../check.ts';
import { KUSTOMIZE, renderFolder } from '../manifests/render.ts';
import { ATTEMPTS, EVIDENCE } from './attempts.ts';
import { judgeAttempt } from './judge-attempt.ts';
import { policiesOf } from './policies.ts';

const FOLDER = 'gitops-config/policies';

export const admissionCheck: Check = {
  name: 'each attempt in the table of pods is admitted, or refused by the policies that must refuse it',
  needs: [KUSTOMIZE],
  async run(root) {
    const policies = policiesOf((await renderFolder(root, FOLDER)).objects);
    const findings: Finding[] = [];
    for (const attempt of ATTEMPTS) {
      for (const policy of policies) {
        const { name } = policy.metadata;
        const { isRefused, reasons, isAsked } = judgeAttempt(policy, attempt, EVIDENCE);
        const where = `${FOLDER}: ${name}: ${attempt.says}`;
        if (isRefused && !attempt.refusedBy.includes(name))
          findings.push({ where, what: `refused, and must be admitted: ${reasons.join('; ')}` });
        if (!isRefused && attempt.refusedBy.includes(name))
          findings.push({ where, what: 'admitted, and must be refused' });
        if (isAsked && attempt.isRegistryAway && attempt.refusedBy.length === 0)
          findings.push({ where, what: 'asks the registry, which stops what runs while it is away' });
      }
      for (const name of attempt.refusedBy)
        if (!policies.some(({ metadata }) => metadata.name === name))
          findings.push({ where: `${FOLDER}: ${attempt.says}`, what: `there is no policy ${name}` });
    }
    return { looked: `${ATTEMPTS.length} attempts, ${policies.length} policies`, findings };
  },
};
