// Which commits of which source repositories a decision needs, and asking for them.
import { commitOfTag, relateByCommits } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Lineage, PipelineSnapshot, Release } from '../decide/promotion.ts';
import { currentRelease } from '../decide/decide-environment.ts';
import type { SourceReader } from './source-commits.ts';

interface Wanted {
  repository: string;
  commit: string;
}

function wantedOf(pipeline: Pipeline, release: Release): Wanted[] {
  const commit = commitOfTag(release.tag, pipeline) ?? release.commit;
  return pipeline.source && commit ? [{ repository: pipeline.source, commit }] : [];
}

/** The commits of what was just published. */
export function wantedCommits(
  pipelines: readonly Pipeline[],
  candidates: ReadonlyMap<string, readonly Release[]>,
): Wanted[] {
  return pipelines.flatMap((pipeline) =>
    (candidates.get(pipeline.image) ?? []).flatMap((release) => wantedOf(pipeline, release)),
  );
}

function runningReleases(snapshot: PipelineSnapshot): Release[] {
  return snapshot.environments.flatMap((environment) => currentRelease(snapshot, environment) ?? []);
}

/** Loads what runs beside what waits, asks about pairs that histories leave open, and hands every pipeline its lineage. */
export async function completeLineage(
  source: SourceReader,
  pipelines: readonly PipelineSnapshot[],
): Promise<PipelineSnapshot[]> {
  const running = new Map(pipelines.map((snapshot) => [snapshot, runningReleases(snapshot)]));
  const wanted = [...running].flatMap(([{ pipeline }, releases]) =>
    releases.flatMap((release) => wantedOf(pipeline, release)),
  );
  const distinct = new Map(wanted.map((one) => [`${one.repository}@${one.commit}`, one]));
  const missing = [...distinct.values()].filter(
    ({ repository, commit }) => !isKnown(source.lineage(repository), commit),
  );
  if (missing.length > 0) await source.load(missing);
  for (const snapshot of pipelines) await compareOpenPairs(source, snapshot, running.get(snapshot) ?? []);
  const repositories = new Set(pipelines.flatMap(({ pipeline }) => pipeline.source ?? []));
  const lineages = new Map([...repositories].map((repository) => [repository, source.lineage(repository)]));
  return pipelines.map((snapshot) => {
    const { pipeline, candidates } = snapshot;
    const lineage = pipeline.source ? lineages.get(pipeline.source) : undefined;
    const withCommit = (release: Release): Release => {
      const sha = lineage?.commits[release.commit ?? commitOfTag(release.tag, pipeline) ?? '']?.sha;
      return sha ? { ...release, commit: sha } : release;
    };
    return { ...snapshot, lineage, candidates: candidates.map(withCommit) };
  });
}

/** Known itself, or as an ancestor of something known. */
function isKnown(lineage: Lineage | undefined, commit: string): boolean {
  if (!lineage) return false;
  if (lineage.commits[commit]) return true;
  return Object.values(lineage.commits).some(({ history }) => history.some(({ sha }) => sha.startsWith(commit)));
}

async function compareOpenPairs(
  source: SourceReader,
  { pipeline, candidates }: PipelineSnapshot,
  running: readonly Release[],
): Promise<void> {
  if (!pipeline.source || candidates.length === 0) return;
  const lineage = source.lineage(pipeline.source);
  const commitOf = (release: Release) => lineage?.commits[release.commit ?? commitOfTag(release.tag, pipeline) ?? ''];
  for (const one of candidates) {
    for (const other of running) {
      const [head, base] = [commitOf(one), commitOf(other)];
      if (!head || !base || relateByCommits(one, other, pipeline, lineage) !== 'unknown') continue;
      await source.compare(pipeline.source, base.sha, head.sha);
    }
  }
}
