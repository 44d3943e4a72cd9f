// Which commits of which source repositories a decision needs, and asking for them.
import { commitOfTag, relateByCommits } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { PipelineSnapshot, Release } from '../decide/promotion.ts';
import { currentRelease } from '../decide/decide-environment.ts';
import type { SourceReader } from './read-source.ts';

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
  // Releases with a known order need no look at what runs: a candidate's history holds its ancestors.
  const missing = [...running].flatMap(([{ pipeline }, releases]) =>
    releases.flatMap((release) => wantedOf(pipeline, release)),
  );
  const needed = missing.filter(({ repository, commit }) => !isKnown(source, repository, commit));
  if (needed.length > 0) await source.load(needed);
  for (const snapshot of pipelines) await compareOpenPairs(source, snapshot, running.get(snapshot) ?? []);
  return pipelines.map((snapshot) => {
    const lineage = snapshot.pipeline.source ? source.lineage(snapshot.pipeline.source) : undefined;
    const withCommit = (release: Release): Release => {
      const sha = lineage?.commits[release.commit ?? commitOfTag(release.tag, snapshot.pipeline) ?? '']?.sha;
      return sha ? { ...release, commit: sha } : release;
    };
    return { ...snapshot, lineage, candidates: snapshot.candidates.map(withCommit) };
  });
}

/** Known itself, or as an ancestor of something known. */
function isKnown(source: SourceReader, repository: string, commit: string): boolean {
  const commits = source.lineage(repository)?.commits ?? {};
  if (commits[commit]) return true;
  return Object.values(commits).some(({ history }) =>
    history.some(({ sha }) => sha === commit || sha.startsWith(commit)),
  );
}

async function compareOpenPairs(
  source: SourceReader,
  { pipeline, candidates }: PipelineSnapshot,
  running: readonly Release[],
): Promise<void> {
  if (!pipeline.source) return;
  for (const one of candidates) {
    for (const other of running) {
      const lineage = source.lineage(pipeline.source);
      const [head, base] = [one, other].map(
        (release) => lineage?.commits[release.commit ?? commitOfTag(release.tag, pipeline) ?? ''],
      );
      const isOpen = head && base && relateByCommits(one, other, pipeline, lineage) === 'unknown';
      if (isOpen) await source.compare(pipeline.source, base.sha, head.sha);
    }
  }
}
