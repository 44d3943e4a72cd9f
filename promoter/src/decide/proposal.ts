// What both kinds of promotion decide from: a release that belongs into an environment, and how its gates stand.
import type { EnvironmentSnapshot, Gate, Hold, Merging, PipelineSnapshot } from './promotion.ts';
import type { Release } from './release.ts';

/** Which environment it is about. */
export interface Where {
  snapshot: PipelineSnapshot;
  target: EnvironmentSnapshot;
}

export interface Proposal extends Where {
  release: Release;
  /** What it replaces; undefined for a first release. */
  from: Release | undefined;
  gates: readonly Gate[];
  merging: Merging;
}

/** What every decision about an environment says. */
export const about = ({ snapshot, target }: Where, reason: string) => ({
  pipeline: snapshot.declared.name,
  environment: target.declared.name,
  reason,
});

export function hold(where: Where, { reason, release, gates = [], until }: Partial<Hold> & { reason: string }): Hold {
  return { kind: 'hold', ...about(where, reason), release, gates, until };
}

export interface Wait {
  /** What is waited for, in a sentence. */
  reason: string;
  /** When time alone may end it. */
  until: string | undefined;
}

/** @returns undefined where every gate is met. */
export function waitOf(gates: readonly Gate[]): Wait | undefined {
  const open = gates.filter(({ isMet }) => !isMet);
  if (open.length === 0) return undefined;
  return {
    reason: open.map(({ name, text }) => `${name}: ${text}`).join('; '),
    until: open.map((gate) => gate.until).find((time) => time !== undefined),
  };
}

/** Why the release belongs there. */
export function causeOf({ target }: Proposal): string {
  const { after } = target.declared;
  return after.length > 0 ? `${after.join(' and ')} proved it` : 'the image was published';
}
