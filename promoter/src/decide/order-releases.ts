// Which of two releases is newer: by commit ancestry where the commits are known, otherwise by what the tags say.
import { compareTags } from './compare-tags.ts';
import type { Pipeline } from './pipeline.ts';
import { commitOf, type Lineage, type SourceCommit } from './lineage.ts';
import type { Release } from './release.ts';

export type Relation = 'newer' | 'older' | 'same' | 'unrelated' | 'unknown';

export const SIGNATURE_TAG = /^sha256-[0-9a-f]{64}(\.(sig|att|sbom))?$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Why a release may not be promoted by this pipeline; undefined when it may. */
export function whyIneligible(release: Release, pipeline: Pipeline): string | undefined {
  if (release.image !== pipeline.image) return `it is ${release.image}, not ${pipeline.image}`;
  if (!DIGEST.test(release.digest)) return 'its digest is not known';
  if (SIGNATURE_TAG.test(release.tag)) return 'it is a signature or attestation artefact';
  if (!pipeline.tags.match(release.tag))
    return `its tag ${release.tag || '(none)'} does not match ${pipeline.tags.source}`;
  return undefined;
}

/** The commit that a tag names, if the pattern has a group for it; what is too short for one commit, or no hex digits, names none. */
export function commitOfTag(tag: string, pipeline: Pipeline): string | undefined {
  const commit = pipeline.tags.match(tag)?.['commit'];
  return commit !== undefined && /^[0-9a-f]{7,40}$/.test(commit) ? commit : undefined;
}

/** The name by which a release knows its commit: 40 hex digits, or the first of them from its tag. */
export function commitName(release: Release, pipeline: Pipeline): string | undefined {
  return release.commit ?? commitOfTag(release.tag, pipeline);
}

/** Whether both are builds of one commit; false where that is not known. */
export function isSameCommit(one: Release, other: Release, pipeline: Pipeline): boolean {
  const [a, b] = [commitName(one, pipeline), commitName(other, pipeline)];
  return a !== undefined && b !== undefined && (a.startsWith(b) || b.startsWith(a));
}

function holds(commit: SourceCommit, name: string): boolean {
  return commit.history.some(({ sha }) => sha.startsWith(name));
}

/** By ancestry alone; `unknown` where the commits do not say. */
export function relateByCommits(
  one: Release,
  other: Release,
  pipeline: Pipeline,
  lineage: Lineage | undefined,
): Relation {
  const [nameA, nameB] = [commitName(one, pipeline), commitName(other, pipeline)];
  if (!lineage || !nameA || !nameB) return 'unknown';
  const [a, b] = [commitOf(lineage, nameA), commitOf(lineage, nameB)];
  if (nameA === nameB || (a && b && a.sha === b.sha) || a?.sha.startsWith(nameB) || b?.sha.startsWith(nameA))
    return 'same';
  if (a && holds(a, nameB)) return 'newer';
  if (b && holds(b, nameA)) return 'older';
  const known = a && b ? lineage.comparisons[`${b.sha}...${a.sha}`] : undefined;
  return known
    ? ({ ahead: 'newer', behind: 'older', identical: 'same', diverged: 'unrelated' } as const)[known]
    : 'unknown';
}

/** How `one` relates to `other`. */
export function relate(one: Release, other: Release, pipeline: Pipeline, lineage: Lineage | undefined): Relation {
  if (one.digest === other.digest) return 'same';
  if (one.tag === other.tag && one.isConfirmed !== other.isConfirmed) return one.isConfirmed ? 'newer' : 'older';
  const relation = relateByCommits(one, other, pipeline, lineage);
  // The same commit built twice: the later build is the newer release.
  if (relation !== 'same' && relation !== 'unknown') return relation;
  const order = compareTags(one.tag, other.tag, pipeline);
  if (order === undefined) return 'unknown';
  return order > 0 ? 'newer' : order < 0 ? 'older' : 'unrelated';
}

/** The newest of them; undefined when there is none. Releases that nothing orders stay behind the first. */
export function newest(
  releases: readonly Release[],
  pipeline: Pipeline,
  lineage: Lineage | undefined,
): Release | undefined {
  return releases.reduce<Release | undefined>(
    (best, release) => (best && relate(release, best, pipeline, lineage) !== 'newer' ? best : release),
    undefined,
  );
}
