import type { Pipeline } from './pipeline.ts';
import type { Decision } from './promotion.ts';
import type { Release } from './release.ts';

/** Of what was offered to a reconcile, what to offer again: what a first environment holds, and what no pipeline claims yet. */
export function releasesToKeep(
  offered: readonly Release[],
  decisions: readonly Decision[],
  pipelines: readonly Pipeline[],
): Release[] {
  const held = new Set(
    decisions.flatMap((decision) => (decision.kind === 'hold' && decision.release ? [decision.release.digest] : [])),
  );
  const images = new Set(pipelines.map(({ image }) => image));
  return offered.filter((release) => held.has(release.digest) || !images.has(release.image));
}
