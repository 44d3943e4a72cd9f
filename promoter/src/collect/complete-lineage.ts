// Which commits of which source repositories a decision needs, and asking for them.
import { proposedRelease } from '../decide/candidate.ts';
import { currentRelease } from '../decide/current-release.ts';
import { commitOf, type Lineage } from '../decide/lineage.ts';
import { commitName, commitOfTag, relateByCommits } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { PipelineSnapshot } from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import { fullName } from '../decide/repository.ts';
import type { SourceCommits, WantedCommit } from './source-commits.ts';

/** The commit that a release was built from, where its pipeline says where to look. */
export function wantedOf(pipeline: Pipeline, release: Release): WantedCommit[] {
  const commit = commitOfTag(release.tag, pipeline) ?? release.commit;
  return pipeline.source && commit ? [{ repository: pipeline.source, commit }] : [];
}

/** The commits of what was just published. */
export function wantedCommits(
  pipelines: readonly Pipeline[],
  candidates: ReadonlyMap<string, readonly Release[]>,
): WantedCommit[] {
  return pipelines.flatMap((pipeline) =>
    (candidates.get(pipeline.image) ?? []).flatMap((release) => wantedOf(pipeline, release)),
  );
}

/** Loads what runs and what is proposed beside what waits, asks about pairs that histories leave open, and hands every pipeline its lineage. */
export async function completeLineage<Snapshot extends PipelineSnapshot>(
  source: SourceCommits,
  pipelines: readonly Snapshot[],
): Promise<Snapshot[]> {
  const running = pipelines.map((snapshot) => ({
    snapshot,
    releases: [...runningReleases(snapshot), ...proposedReleases(snapshot)],
  }));
  const wanted = running.flatMap(({ snapshot, releases }) =>
    releases.flatMap((release) => wantedOf(snapshot.declared, release)),
  );
  const distinct = new Map(wanted.map((one) => [`${fullName(one.repository)}@${one.commit}`, one]));
  const missing = [...distinct.values()].filter(
    ({ repository, commit }) => !isKnown(source.lineage(repository), commit),
  );
  if (missing.length > 0) await source.load(missing);
  for (const { snapshot, releases } of running) {
    await compareOpenPairs(source, snapshot, releases);
    await readShippedRanges(source, snapshot);
  }
  return pipelines.map((snapshot) => withLineage(snapshot, source));
}

function runningReleases(snapshot: PipelineSnapshot): Release[] {
  return snapshot.environments.flatMap((environment) => currentRelease(snapshot, environment) ?? []);
}

export function proposedReleases({ environments }: PipelineSnapshot): Release[] {
  return environments.flatMap((environment) => proposedRelease(environment));
}

function withLineage<Snapshot extends PipelineSnapshot>(snapshot: Snapshot, source: SourceCommits): Snapshot {
  const { declared, candidates } = snapshot;
  const lineage = declared.source && source.lineage(declared.source);
  const withCommit = (release: Release): Release => {
    const sha = commitOf(lineage, commitName(release, declared))?.sha;
    return sha ? { ...release, commit: sha } : release;
  };
  return { ...snapshot, lineage, candidates: candidates.map(withCommit) };
}

/** Known itself, or as an ancestor of something known. */
function isKnown(lineage: Lineage | undefined, commit: string): boolean {
  if (!lineage) return false;
  if (commitOf(lineage, commit)) return true;
  return Object.values(lineage.commits).some(({ history }) => history.some(({ sha }) => sha.startsWith(commit)));
}

async function compareOpenPairs(
  source: SourceCommits,
  snapshot: PipelineSnapshot,
  running: readonly Release[],
): Promise<void> {
  const { declared } = snapshot;
  const candidates = [...snapshot.candidates, ...proposedReleases(snapshot)];
  if (!declared.source || candidates.length === 0) return;
  const lineage = source.lineage(declared.source);
  for (const one of candidates) {
    for (const other of running) {
      const head = commitOf(lineage, commitName(one, declared));
      const base = commitOf(lineage, commitName(other, declared));
      if (!head || !base || relateByCommits(one, other, declared, lineage) !== 'unknown') continue;
      await source.compare(declared.source, base.sha, head.sha);
    }
  }
}

/** Where authors may not approve, every commit that would ship has to be known: a history by date misses what was merged. */
async function readShippedRanges(source: SourceCommits, snapshot: PipelineSnapshot): Promise<void> {
  const { declared, environments, candidates } = snapshot;
  if (!declared.source) return;
  const lineage = source.lineage(declared.source);
  for (const target of environments) {
    const from = currentRelease(snapshot, target);
    if (!from || !target.declared.gates.approval?.excludeAuthors) continue;
    const { after } = target.declared;
    const upstream = environments.filter((other) => after.includes(other.declared.name));
    const releases =
      after.length === 0 ? candidates : upstream.flatMap((other) => currentRelease(snapshot, other) ?? []);
    const base = commitOf(lineage, commitName(from, declared))?.sha;
    for (const release of releases) {
      const head = commitOf(lineage, commitName(release, declared))?.sha;
      if (base && head && base !== head) await source.range(declared.source, base, head);
    }
  }
}
