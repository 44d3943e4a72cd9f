// "Where is my change?": a commit, a pull request, a tag or a digest -> the environments that have it. Pure.
import { releaseTraceId } from '@delivery/telemetry/release';
import { currentRelease } from '../decide/current-release.ts';
import { commitOf, type SourceCommit } from '../decide/lineage.ts';
import { commitOfTag } from '../decide/order-releases.ts';
import type { PipelineSnapshot } from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import type { ConfigHistory } from '../ports.ts';

/** A pipeline as it was last read. */
export interface Known {
  pipeline: PipelineSnapshot;
  history: Pick<ConfigHistory, 'recentRecords'>;
}

export interface Whereabouts {
  environment: string;
  /** Undefined where it is not there. */
  tag: string | undefined;
  /** When it came, as far as the recent history reaches. */
  since: string | undefined;
}

export interface FoundChange {
  pipeline: string;
  /** A line of people's: a headline, or a tag. */
  what: string;
  commit: string | undefined;
  /** The first release that has it, if one is known. */
  traceId: string | undefined;
  whereabouts: readonly Whereabouts[];
}

const MAX_FOUND = 20;
const COMMIT = /^[0-9a-f]{4,40}$/;

/** @param query as typed: `3f2a9c1`, `#12`, `main-42-3f2a9c1`, `sha256:9b1c...`. */
export function findChange(query: string, known: readonly Known[]): FoundChange[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  return known.flatMap((one) => [...byCommit(wanted, one), ...byRelease(wanted, one)]).slice(0, MAX_FOUND);
}

function byCommit(wanted: string, known: Known): FoundChange[] {
  const { lineage } = known.pipeline;
  const number = /^#?(\d{1,9})$/.exec(wanted)?.[1];
  const commits = new Map(
    Object.values(lineage?.commits ?? {}).flatMap(({ history }) =>
      history.map((commit) => [commit.sha, commit] as const),
    ),
  );
  // Squash and merge commits name their pull request: "feat: x (#12)", "Merge pull request #12 from ...".
  const names =
    number === undefined ? undefined : new RegExp(String.raw`(\(#${number}\)|pull request #${number}\b)`, 'i');
  return [...commits.values()].flatMap(({ sha, headline }) => {
    const isNamed = names?.test(headline) ?? false;
    if (!isNamed && !(COMMIT.test(wanted) && sha.startsWith(wanted))) return [];
    const holds = (release: Release): boolean =>
      sourceCommitOf(known, release)?.history.some((commit) => commit.sha === sha) ?? false;
    return [found(known, `${sha.slice(0, 7)} ${headline}`, sha, holds)];
  });
}

function byRelease(wanted: string, known: Known): FoundChange[] {
  const pull = /^#?(\d{1,9})$/.exec(wanted)?.[1];
  const matches = (release: Release): boolean =>
    release.tag.toLowerCase() === wanted ||
    (wanted.length >= 6 && !COMMIT.test(wanted) && release.tag.toLowerCase().includes(wanted)) ||
    (wanted.length >= 8 && release.digest.replace('sha256:', '').startsWith(wanted.replace('sha256:', '')));
  const promoted = known.history.recentRecords.filter(
    ({ pipeline, release, pullRequest }) =>
      pipeline === known.pipeline.declared.name &&
      (matches(release) || (pull !== undefined && pullRequest?.endsWith(`/pull/${pull}`))),
  );
  const running = known.pipeline.environments.flatMap(
    (environment) => currentRelease(known.pipeline, environment) ?? [],
  );
  const releases = [...promoted.map(({ release }) => release), ...running.filter(matches)];
  const byDigest = new Map(releases.map((release) => [release.digest, release]));
  return [...byDigest.values()].map((release) =>
    found(known, release.tag, sourceCommitOf(known, release)?.sha, ({ digest }) => digest === release.digest),
  );
}

function sourceCommitOf({ pipeline: { lineage, declared } }: Known, release: Release): SourceCommit | undefined {
  return commitOf(lineage, release.commit) ?? commitOf(lineage, commitOfTag(release.tag, declared));
}

function found(
  known: Known,
  what: string,
  commit: string | undefined,
  holds: (release: Release) => boolean,
): FoundChange {
  const { pipeline, history } = known;
  const own = history.recentRecords.filter((record) => record.pipeline === pipeline.declared.name);
  const whereabouts = pipeline.environments.map((target): Whereabouts => {
    const { name: environment } = target.declared;
    const release = currentRelease(pipeline, target);
    if (!release || !holds(release)) return { environment, tag: undefined, since: undefined };
    const came = own.findLast((record) => record.environment === environment && holds(record.release));
    return { environment, tag: release.tag, since: came?.committedAt };
  });
  const first = own.findLast((record) => holds(record.release));
  const carrier = first ? sourceCommitOf(known, first.release)?.sha : commit;
  const url = pipeline.lineage?.url;
  return {
    pipeline: pipeline.declared.name,
    what,
    commit,
    traceId: url !== undefined && carrier !== undefined ? releaseTraceId(url, carrier) : undefined,
    whereabouts,
  };
}
