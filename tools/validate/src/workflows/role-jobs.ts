// Jobs that assume a role in AWS: without the variables that bootstrap gives they are skipped, and what needs the API server runs where it
// can be reached.
import type { Finding } from '../check.ts';

interface RoleJob {
  'runs-on'?: string | undefined;
  if: string;
  strategy?: unknown;
  steps: readonly { uses?: string | undefined; run?: string | undefined }[];
}

/** GitHub's own runners cannot reach an API server that only named networks may reach. */
export const CLUSTER_RUNNER = "${{ vars.PLATFORM_RUNNER || 'ubuntu-24.04' }}";

const NEEDS_CLUSTER = /terraform\/ci\.sh (plan|apply|drift)|observability\/deploy\.sh|update-kubeconfig/;

export function roleFindings(where: string, job: RoleJob): Finding[] {
  if (!job.steps.some(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'))) return [];
  const findings: Finding[] = [];
  const guards = [...job.if.matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name);
  if (guards.length === 0)
    findings.push({ where, what: "if: vars.NAME != '': the first push comes before bootstrap, and would fail" });
  if (guards.includes('AWS_APPLY_ROLE'))
    findings.push({ where, what: 'if: AWS_APPLY_ROLE is a variable of the environment, which is empty there' });
  if (!job.steps.some(({ run }) => NEEDS_CLUSTER.test(run ?? ''))) return findings;
  if (job['runs-on'] !== CLUSTER_RUNNER)
    findings.push({ where, what: `runs-on: ${CLUSTER_RUNNER}: GitHub's runners cannot reach the API server` });
  const strategy = JSON.stringify(job.strategy ?? {});
  if (strategy.includes('platform') && !strategy.includes('vars.PLATFORM_RUNNER'))
    findings.push({ where, what: 'strategy: without vars.PLATFORM_RUNNER the root platform must be left out' });
  return findings;
}
