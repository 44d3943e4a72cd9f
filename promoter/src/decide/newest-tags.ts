import { compareTags } from './compare-tags.ts';
import { SIGNATURE_TAG } from './order-releases.ts';
import type { Pipeline } from './pipeline.ts';

/** Of all tags of an image, the newest that the pipeline may promote. Tags that nothing orders are as new as each other; the last listed count. */
export function newestTags(tags: readonly string[], pipeline: Pipeline, places: number): string[] {
  return tags
    .filter((tag) => !SIGNATURE_TAG.test(tag) && pipeline.tags.match(tag) !== undefined)
    .sort((one, other) => compareTags(one, other, pipeline) ?? 0)
    .slice(-places)
    .reverse();
}
