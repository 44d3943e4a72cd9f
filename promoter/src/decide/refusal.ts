// Why a release may not replace what runs.
import { commitOfTag, relate } from './order-releases.ts';
import type { Pipeline } from './pipeline.ts';
import type { EnvironmentSnapshot, ManifestImage, PipelineSnapshot } from './promotion.ts';
import type { Release } from './release.ts';

/** Rules 4, 8 and 9. @returns undefined where nothing speaks against it. */
export function whyRefused(
  { declared, lineage }: PipelineSnapshot,
  { image, record, declined }: EnvironmentSnapshot,
  release: Release,
  current: Release | undefined,
): string | undefined {
  const refusal = declined.find(({ digest }) => digest === release.digest);
  if (refusal) return `${release.tag} was declined by ${refusal.by} in #${refusal.number}; waits for a newer release`;
  const rolledBack = record?.rollsBack;
  if (rolledBack && relate(release, rolledBack, declared, lineage) !== 'newer') {
    return `${rolledBack.tag} was rolled back; waits for a newer release`;
  }
  const replaced = record && current?.digest !== record.release.digest ? record.release : undefined;
  const toReplaced = replaced ? relate(release, replaced, declared, lineage) : undefined;
  if (replaced && toReplaced !== 'newer') {
    return `${replaced.tag} was replaced by hand with ${current?.tag ?? 'nothing'}; waits for a release newer than it`;
  }
  if (!current) {
    const named = namedBy(image, declared);
    const isOlder = named !== undefined && relate(release, named, declared, lineage) === 'older';
    return isOlder ? `${release.tag} is older than ${named.tag}, which the manifest names` : undefined;
  }
  const relation = relate(release, current, declared, lineage);
  if (relation === 'older') return `${release.tag} is older than ${current.tag}, which runs`;
  if (relation === 'unrelated') return `${release.tag} does not descend from ${current.tag}, which runs`;
  if (relation === 'unknown' && toReplaced !== 'newer') {
    return `it is not known whether ${release.tag} is newer than ${current.tag}, which runs`;
  }
  return undefined;
}

/** What a manifest without a digest names, where its tag is one of a release. */
function namedBy(image: ManifestImage, declared: Pipeline): Release | undefined {
  if ('problem' in image || !declared.tags.match(image.tag)) return undefined;
  return { image: declared.image, tag: image.tag, digest: '', commit: commitOfTag(image.tag, declared) };
}
