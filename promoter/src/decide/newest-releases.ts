// Which of many releases may still matter. The order is what is known at the moment: commits where they were read, otherwise tags.
import type { Lineage } from './lineage.ts';
import { relate, whyIneligible } from './order-releases.ts';
import type { Pipeline } from './pipeline.ts';
import type { Release } from './release.ts';

/**
 * The newest of one image: whatever fewer than `places` others are newer than, for any pipeline that may promote it. What nothing orders
 * stays, so the result may be longer.
 */
export function newestReleases(
  releases: readonly Release[],
  pipelines: readonly Pipeline[],
  places: number,
  lineageOf: (pipeline: Pipeline) => Lineage | undefined = () => undefined,
): Release[] {
  const image = releases[0]?.image;
  const kept = new Set<Release>();
  for (const pipeline of pipelines.filter((one) => one.image === image)) {
    const eligible = releases.filter((release) => whyIneligible(release, pipeline) === undefined);
    const lineage = lineageOf(pipeline);
    const isOvertaken = (release: Release): boolean => {
      let newer = 0;
      return eligible.some((other) => relate(other, release, pipeline, lineage) === 'newer' && (newer += 1) >= places);
    };
    for (const release of eligible) if (eligible.length <= places || !isOvertaken(release)) kept.add(release);
  }
  return releases.filter((release) => kept.has(release));
}
