import { commitOfTag } from './order-releases.ts';
import type { EnvironmentSnapshot, PipelineSnapshot } from './promotion.ts';
import type { Release } from './release.ts';

/** What an environment's manifest says it runs; undefined before its first release, and while the manifest does not say. */
export function currentRelease(
  { declared }: Pick<PipelineSnapshot, 'declared'>,
  { image, record }: Pick<EnvironmentSnapshot, 'image' | 'record'>,
): Release | undefined {
  if ('problem' in image || !image.digest) return undefined;
  const { tag, digest } = image;
  if (record?.release.digest === digest) return record.release;
  return { image: declared.image, tag, digest, commit: commitOfTag(tag, declared) };
}
