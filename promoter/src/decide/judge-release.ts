// Whether anybody wants a release: asked when it is announced, and again when it waits.
import { SIGNATURE_TAG, whyIneligible } from './order-releases.ts';
import type { Pipeline } from './pipeline.ts';
import type { Release } from './release.ts';

/** What the promotion files declare, as far as they were understood. */
export interface Declarations {
  pipelines: readonly Pipeline[];
  /** False before the first read, and while a file is broken: it may declare a pipeline that nobody knows of yet. */
  isComplete: boolean;
}

/** Signatures and attestations come beside every image, and never have another tag. */
const isArtefact = ({ tag }: Release): boolean => SIGNATURE_TAG.test(tag);

export type Standing =
  /** By these pipelines. */
  | { kind: 'wanted'; by: readonly Pipeline[] }
  /** Not by a pipeline that is known, and not all are. */
  | { kind: 'unclaimed' }
  /** `isOtherTag`: a pipeline promotes the image, and not this tag of it. */
  | { kind: 'unwanted'; reason: string; isOtherTag: boolean };

export function judgeRelease(release: Release, { pipelines, isComplete }: Declarations): Standing {
  const claimed = pipelines.filter(({ image }) => image === release.image);
  const by = claimed.filter((pipeline) => whyIneligible(release, pipeline) === undefined);
  if (by.length > 0) return { kind: 'wanted', by };
  if (!isComplete) return { kind: 'unclaimed' };
  if (claimed.length === 0)
    return { kind: 'unwanted', reason: `no pipeline promotes ${release.image}`, isOtherTag: false };
  const reasons = claimed.map((pipeline) => `pipeline ${pipeline.name}: ${whyIneligible(release, pipeline)}`);
  return { kind: 'unwanted', reason: reasons.join('; '), isOtherTag: !isArtefact(release) };
}
