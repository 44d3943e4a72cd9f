import { type Declarations, judgeRelease } from './judge-release.ts';
import type { Decision } from './promotion.ts';
import type { Release } from './release.ts';

/** A merge that GitHub refuses is tried again; once it is done, the next reconcile finds the release running and drops it. */
const WAITING = new Set<Decision['kind']>(['hold', 'propose', 'update', 'describe', 'merge', 'dequeue']);

/**
 * Of what was offered to a reconcile, what to offer again: what an environment holds, or has a pull request for, until it is merged or
 * overtaken; what a pipeline wants that was not decided about; and what a pipeline may claim that is not known yet.
 * @param decided names of the pipelines that these decisions are about.
 */
export function releasesToKeep(
  offered: readonly Release[],
  decisions: readonly Decision[],
  declared: Declarations,
  decided: ReadonlySet<string>,
): Release[] {
  const waiting = new Set(
    decisions.flatMap((decision) =>
      WAITING.has(decision.kind) && 'release' in decision && decision.release ? [decision.release.digest] : [],
    ),
  );
  return offered.filter((release) => {
    if (waiting.has(release.digest)) return true;
    const standing = judgeRelease(release, declared);
    return standing.kind === 'wanted'
      ? standing.by.some(({ name }) => !decided.has(name))
      : standing.kind === 'unclaimed';
  });
}
