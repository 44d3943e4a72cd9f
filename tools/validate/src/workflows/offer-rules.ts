// What a private repository below Enterprise does not have must not fail a run, and only grave findings may stop a release.
import type { Finding } from '../check.ts';

interface OfferStep {
  uses?: string | undefined;
  if?: string | undefined;
  with: Record<string, unknown>;
}

/** Each needs a public repository, or a plan that says so by a variable. */
const NEEDS_A_PLAN =
  /^(github\/codeql-action\/(upload-sarif|analyze)|actions\/attest|actions\/dependency-review-action)@/;
const ASKS = /repository\.private|HAS_ATTESTATIONS|inputs\.upload/;

export function offerFindings(where: string, steps: readonly OfferStep[], jobCondition = ''): Finding[] {
  return steps.flatMap(({ uses = '', if: condition = '', with: inputs }): Finding[] => [
    ...(NEEDS_A_PLAN.test(uses) && !ASKS.test(condition + jobCondition)
      ? [{ where, what: `${uses.split('@')[0] ?? ''}: a private repository may not have it: ask for it in \`if\`` }]
      : []),
    ...(uses.startsWith('aquasecurity/trivy-action@') &&
    inputs['format'] === 'sarif' &&
    inputs['limit-severities-for-sarif'] !== true
      ? [{ where, what: 'trivy: limit-severities-for-sarif: true, or the format sarif resets `severity`' }]
      : []),
  ]);
}
