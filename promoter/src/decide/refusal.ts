// Why a release may not replace what runs.
import { commitOfTag, isSameCommit, relate } from './order-releases.ts';
import type { Pipeline } from './pipeline.ts';
import type { EnvironmentSnapshot, ManifestImage, PipelineSnapshot } from './promotion.ts';
import type { Release } from './release.ts';

/** Rules 4, 8 and 9. @returns undefined where nothing speaks against it. */
export function whyRefused(
  snapshot: PipelineSnapshot,
  environment: EnvironmentSnapshot,
  release: Release,
  current: Release | undefined,
): string | undefined {
  const { declared, lineage } = snapshot;
  const { record, declined } = environment;
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
    const named = namedBy(environment.image, declared);
    const isOlder = named !== undefined && relate(release, named, declared, lineage) === 'older';
    return isOlder ? `${release.tag} is older than ${named.tag}, which the manifest names` : undefined;
  }
  if (release.tag === current.tag) return whyNotAgain(snapshot.declared, environment, release, current);
  const relation = relate(release, current, declared, lineage);
  if (relation === 'older') return `${release.tag} is older than ${current.tag}, which runs`;
  if (relation === 'unrelated') return `${release.tag} does not descend from ${current.tag}, which runs`;
  if (relation === 'unknown' && toReplaced !== 'newer') {
    return `it is not known whether ${release.tag} is newer than ${current.tag}, which runs`;
  }
  return undefined;
}

/** A tag that is pushed again is a newer build of the same release where it is the same commit, and nothing else. */
function whyNotAgain(
  pipeline: Pipeline,
  { declared: { after }, record, previous }: EnvironmentSnapshot,
  { tag, isConfirmed, ...release }: Release,
  current: Release,
): string | undefined {
  if (!isSameCommit({ tag, ...release }, current, pipeline))
    return `${tag} was pushed again, and not known to be of the same commit; publish it with a tag of its own`;
  // What an environment before runs came there because the registry confirmed it.
  if (record?.replaces === release.digest || previous?.digest === release.digest)
    return `${tag} with this digest was replaced here by a later build of it`;
  if (isConfirmed || after.length > 0) return undefined;
  return `${tag} was pushed again, and the registry does not say which build is the later`;
}

/** What a manifest without a digest names, where its tag is one of a release. */
function namedBy(image: ManifestImage, declared: Pipeline): Release | undefined {
  if ('problem' in image || !declared.tags.match(image.tag)) return undefined;
  return { image: declared.image, tag: image.tag, digest: '', commit: commitOfTag(image.tag, declared) };
}
