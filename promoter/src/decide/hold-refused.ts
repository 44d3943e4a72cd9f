// What GitHub refuses to do is held, with its reason, until it is decided again.
import type { Decision } from './promotion.ts';

export interface Refused {
  pipeline: string;
  environment: string;
  reason: string;
  /** When trying again may help by itself. */
  retryInMs: number | undefined;
}

/** The same decisions, as they stand after what was refused. */
export function holdRefused<Decided extends Decision>(
  decisions: readonly Decided[],
  refused: readonly Refused[],
  now: Date,
): (Decided | Extract<Decision, { kind: 'hold' }>)[] {
  return decisions.map((decision) => {
    if (decision.kind === 'ignore') return decision;
    const { pipeline, environment } = decision;
    const refusal = refused.find((one) => one.pipeline === pipeline && one.environment === environment);
    if (!refusal) return decision;
    const { reason, retryInMs } = refusal;
    const until = retryInMs === undefined ? undefined : new Date(now.getTime() + retryInMs).toISOString();
    const release = 'release' in decision ? decision.release : undefined;
    return { kind: 'hold', pipeline, environment, reason, release, until, gates: [] };
  });
}
