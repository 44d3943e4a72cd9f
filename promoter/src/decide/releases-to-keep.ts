import { type Declarations, judgeRelease } from './judge-release.ts';
import type { Decision } from './promotion.ts';
import type { Release } from './release.ts';

/** A merge that GitHub refuses is tried again; once it is done, the next reconcile finds the release running and drops it. */
const WAITING = new Set<Decision['kind']>(['hold', 'propose', 'update', 'describe', 'merge']);

/**
 * Of what was offered to a reconcile, what to offer again: what an environment holds, or has a pull request for, until it is merged or
 * overtaken; and what a pipeline may claim that is not known yet.
 */
export function releasesToKeep(
  offered: readonly Release[],
  decisions: readonly Decision[],
  declared: Declarations,
): Release[] {
  const waiting = new Set(
    decisions.flatMap((decision) =>
      WAITING.has(decision.kind) && 'release' in decision && decision.release ? [decision.release.digest] : [],
    ),
  );
  return offered.filter(
    (release) => waiting.has(release.digest) || judgeRelease(release, declared).kind === 'unclaimed',
  );
}
