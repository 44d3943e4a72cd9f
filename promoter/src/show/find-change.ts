// "Where is my change?": a commit, a pull request, a tag or a digest -> the environments that have it. Pure.
import { releaseTraceId } from '@delivery/telemetry/release';
import { currentRelease } from '../decide/decide-environment.ts';
import { commitOfTag } from '../decide/order-releases.ts';
import type { PipelineSnapshot, PromotionRecord, Release } from '../decide/promotion.ts';

export interface Known {
  pipeline: PipelineSnapshot;
  recentRecords: readonly PromotionRecord[];
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
      commitOf(known, release)?.history.some((commit) => commit.sha === sha) ?? false;
    return [found(known, `${sha.slice(0, 7)} ${headline}`, sha, holds)];
  });
}

function byRelease(wanted: string, known: Known): FoundChange[] {
  const pull = /^#?(\d{1,9})$/.exec(wanted)?.[1];
  const matches = (release: Release): boolean =>
    release.tag.toLowerCase() === wanted ||
    (wanted.length >= 6 && !COMMIT.test(wanted) && release.tag.toLowerCase().includes(wanted)) ||
    (wanted.length >= 8 && release.digest.replace('sha256:', '').startsWith(wanted.replace('sha256:', '')));
  const promoted = known.recentRecords.filter(
    ({ pipeline, release, pullRequest }) =>
      pipeline === known.pipeline.pipeline.name &&
      (matches(release) || (pull !== undefined && pullRequest?.endsWith(`/pull/${pull}`))),
  );
  const running = known.pipeline.environments.flatMap(
    (environment) => currentRelease(known.pipeline, environment) ?? [],
  );
  const releases = [...promoted.map(({ release }) => release), ...running.filter(matches)];
  const byDigest = new Map(releases.map((release) => [release.digest, release]));
  return [...byDigest.values()].map((release) =>
    found(known, release.tag, commitOf(known, release)?.sha, ({ digest }) => digest === release.digest),
  );
}

function commitOf({ pipeline }: Known, release: Release) {
  const { commits = {} } = pipeline.lineage ?? {};
  return commits[release.commit ?? ''] ?? commits[commitOfTag(release.tag, pipeline.pipeline) ?? ''];
}

function found(
  known: Known,
  what: string,
  commit: string | undefined,
  holds: (release: Release) => boolean,
): FoundChange {
  const { pipeline, recentRecords } = known;
  const whereabouts = pipeline.environments.map((target): Whereabouts => {
    const { name: environment } = target.environment;
    const release = currentRelease(pipeline, target);
    if (!release || !holds(release)) return { environment, tag: undefined, since: undefined };
    const came = recentRecords.findLast(
      (record) =>
        record.pipeline === pipeline.pipeline.name && record.environment === environment && holds(record.release),
    );
    return { environment, tag: release.tag, since: came?.committedAt };
  });
  const first = recentRecords.findLast((record) => record.pipeline === pipeline.pipeline.name && holds(record.release));
  const carrier = first ? commitOf(known, first.release)?.sha : commit;
  const url = pipeline.lineage?.url;
  return {
    pipeline: pipeline.pipeline.name,
    what,
    commit,
    traceId: url !== undefined && carrier !== undefined ? releaseTraceId(url, carrier) : undefined,
    whereabouts,
  };
}
