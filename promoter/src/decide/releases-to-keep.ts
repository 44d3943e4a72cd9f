import { type Declarations, judgeRelease } from './judge-release.ts';
import { relate } from './order-releases.ts';
import type { Decision, PipelineSnapshot } from './promotion.ts';
import { referenceOf, type Release } from './release.ts';

/** A merge that GitHub refuses is tried again; once it is done, the next reconcile finds the release running and drops it. */
const WAITING = new Set<Decision['kind']>(['hold', 'propose', 'update', 'describe', 'merge', 'dequeue']);

/**
 * Of what was offered to a reconcile, what to offer again: what an environment holds, or has a pull request for, until it is merged or
 * overtaken; what may be newer than what was decided about; what a pipeline wants that was not decided about; and what a pipeline may
 * claim that is not known yet.
 * @param decided pipelines that these decisions are about.
 */
export function releasesToKeep(
  offered: readonly Release[],
  decisions: readonly Decision[],
  declared: Declarations,
  decided: readonly PipelineSnapshot[],
): Release[] {
  const snapshots = new Map(decided.map((snapshot) => [snapshot.declared.name, snapshot]));
  return offered.filter((release) => {
    const standing = judgeRelease(release, declared);
    if (standing.kind !== 'wanted') return standing.kind === 'unclaimed';
    return standing.by.some(({ name }) => {
      const snapshot = snapshots.get(name);
      return !snapshot || mayStillMatter(release, snapshot, decisions);
    });
  });
}

function mayStillMatter(release: Release, snapshot: PipelineSnapshot, decisions: readonly Decision[]): boolean {
  const { declared, lineage } = snapshot;
  const own = decisions.filter(({ pipeline }) => pipeline === undefined || pipeline === declared.name);
  const isIgnored = own.some(
    (decision) => decision.kind === 'ignore' && referenceOf(decision.release) === referenceOf(release),
  );
  if (isIgnored) return false;
  return own.some((decision) => {
    if (decision.kind === 'ignore') return false;
    const about = decision.kind === 'roll back' ? decision.from : 'release' in decision ? decision.release : undefined;
    if (!about) return false;
    if (about.digest === release.digest) return WAITING.has(decision.kind);
    // What was chosen is not the end of what may be newer, or could not be compared this time.
    const isFirst = declared.environments.some(
      ({ name, after }) => name === decision.environment && after.length === 0,
    );
    const relation = relate(release, about, declared, lineage);
    return isFirst && (relation === 'newer' || relation === 'unknown');
  });
}
