// How an environment stands -> hops: the promotion that is in Git, the sync that brought it, the rollout that followed. Pure.
// What was recorded when it happened is made again here from what lasts. The ids are the same, so the recorder keeps the first.
import type { SpanRecord } from '@delivery/telemetry/release';
import { currentRelease } from '../decide/current-release.ts';
import { commitOf } from '../decide/lineage.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, PromotionRecord, Rollout } from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import { causeOf } from './describe-enacted.ts';
import { describeCommit, describeOpenedPullRequest, describePublication } from './describe-promotion.ts';
import { describeRollout, describeSync } from './describe-rollout.ts';
import type { ExactTimes, RolloutFacts, SyncFact } from './facts.ts';
import { promoteSpanId, recordedPromotion, type TracedPromotion, tracedPromotion } from './traced-promotion.ts';

export interface ObservedEnvironment {
  pipeline: PipelineSnapshot;
  environment: EnvironmentSnapshot;
  /** Of the config repository. */
  configUrl: string;
  /** Undefined where the cluster says nothing. */
  facts: RolloutFacts | undefined;
  nowMs: number;
  exact: ExactTimes;
  /** When this process began: what is older was recorded by another. */
  startedMs: number;
}

export interface Observed {
  promotion: TracedPromotion;
  /** The commit of the config repository that brought the release. */
  configCommit: string;
  committedMs: number;
  hops: SpanRecord[][];
  /** The deployments of its source commit say that another process recorded it. */
  isKnown: boolean;
  /** How the rollout ended; undefined while it has not. */
  outcome: { state: 'healthy' | 'degraded'; atMs: number; reason: string | undefined } | undefined;
}

/** A process that died may have opened a pull request without recording it; what is older than this was recorded. */
const UNRECORDED_MS = 120_000;
/** No process is down for longer; a first start does not export a hundred old releases. */
const FORGOTTEN_MS = 86_400_000;

type Ended = Extract<Rollout, { state: 'healthy' | 'degraded' }>;

/** A promotion that is in Git: by a record of ours, or by a person's commit that was rolled out. */
interface InGit {
  promotion: TracedPromotion;
  record: PromotionRecord | undefined;
  configCommit: string;
  committedMs: number;
}

/** @returns undefined where nothing is under way. */
export function describeObserved(about: ObservedEnvironment): Observed | undefined {
  const { pipeline, environment, facts } = about;
  const { rollout } = environment;
  const release = currentRelease(pipeline, environment);
  const ended = rollout.state === 'healthy' || rollout.state === 'degraded' ? rollout : undefined;
  const found = release && findInGit(about, release, ended);
  if (!found) return undefined;
  const { promotion, record, configCommit, committedMs } = found;
  // Where no cluster says how rollouts end, the promotion is all that there is.
  const lastMs = ended ? Date.parse(ended.since) : rollout.state === 'unknown' ? committedMs : undefined;
  const isKnown = wasRecorded(about, found, lastMs, ended !== undefined);
  const hops: SpanRecord[][] = [];
  if (record) hops.push(publicationOf(about, found), commitHop(about, found, record));
  if (facts?.sync) {
    hops.push(syncHop(about, found, facts.sync));
    if (ended && facts.sync.error === undefined)
      hops.push(rolloutHop(about, found, { ...facts, sync: facts.sync }, ended));
  }
  const outcome =
    ended && facts?.sync && !isKnown
      ? { state: ended.state, atMs: Date.parse(ended.since), reason: 'reason' in ended ? ended.reason : undefined }
      : undefined;
  return { promotion, configCommit, committedMs, hops, isKnown, outcome };
}

function findInGit(
  { pipeline, environment, configUrl, facts, exact }: ObservedEnvironment,
  release: Release,
  ended: Ended | undefined,
): InGit | undefined {
  const { record } = environment;
  if (record?.release.digest === release.digest) {
    const promotion = recordedPromotion(pipeline, record, configUrl);
    const committedMs = exact.committedMs(record.commit) ?? Date.parse(record.committedAt);
    return promotion && { promotion, record, configCommit: record.commit, committedMs };
  }
  if (!facts?.sync || !ended) return undefined;
  const { revision: commit, startedMs } = facts.sync;
  const promotion = tracedPromotion(pipeline, environment.declared.name, release, {
    kind: 'by hand',
    configUrl,
    commit,
  });
  const committedMs = exact.committedMs(commit) ?? startedMs;
  return promotion && { promotion, record: undefined, configCommit: commit, committedMs };
}

/**
 * The deployments of the source commit say it. Where they may not be read, what ended some time before this process began was recorded by
 * the one before; and what ended long before belongs to a time when nothing was recorded.
 */
function wasRecorded(
  { pipeline, startedMs }: ObservedEnvironment,
  { promotion, configCommit }: InGit,
  lastMs: number | undefined,
  hasEnded: boolean,
): boolean {
  const deployments = commitOf(pipeline.lineage, promotion.source?.commit)?.deployments;
  const environment = `${promotion.pipeline}/${promotion.environment}`;
  const isReported = deployments?.some(
    (deployment) => deployment.configCommit === configCommit && deployment.environment === environment,
  );
  if (isReported || lastMs === undefined) return isReported ?? false;
  return lastMs < startedMs - (deployments && hasEnded ? FORGOTTEN_MS : UNRECORDED_MS);
}

/** That an image was published is certain once it was promoted: where its webhook did not come in time, then at the latest. */
function publicationOf({ exact }: ObservedEnvironment, { promotion, committedMs }: InGit): SpanRecord[] {
  if (promotion.kind !== 'promotion' || promotion.predecessor !== undefined) return [];
  const receivedMs = exact.publishedMs(promotion.release.digest) ?? committedMs;
  return describePublication(promotion, { receivedMs, parent: undefined });
}

function commitHop(
  { pipeline, environment, exact }: ObservedEnvironment,
  { promotion, committedMs }: InGit,
  record: PromotionRecord,
): SpanRecord[] {
  return describeCommit(promotion, {
    causeMs: causeOf({ pipeline, target: environment }, record.release.digest, committedMs, exact),
    startedMs: committedMs,
    committedMs,
    commit: record.commit,
    reason: 'as its commit says',
    pullRequest: pullRequestOf(record),
    approvedBy: record.approvedBy,
    soaks: false,
  });
}

function pullRequestOf({ pullRequest: url }: PromotionRecord) {
  if (url === undefined) return undefined;
  const number = /\/pull\/(\d+)$/.exec(url)?.[1];
  return { number: number === undefined ? undefined : Number(number), url, openedMs: undefined };
}

function syncHop(
  { environment, nowMs }: ObservedEnvironment,
  { promotion, committedMs }: InGit,
  sync: SyncFact,
): SpanRecord[] {
  const { application } = environment.declared;
  return application === undefined ? [] : describeSync(promotion, { ...sync, application, committedMs }, nowMs);
}

function rolloutHop(
  { pipeline, environment, nowMs }: ObservedEnvironment,
  { promotion, committedMs }: InGit,
  { sync, deployment, pods }: RolloutFacts & { sync: SyncFact },
  ended: Ended,
): SpanRecord[] {
  // The release's own promotion: a rollback, and what a person put there, is linked to it.
  const own =
    promotion.kind === 'promotion'
      ? undefined
      : tracedPromotion(pipeline, environment.declared.name, promotion.release);
  return describeRollout(
    promotion,
    {
      service: promotion.pipeline,
      deployment,
      startedMs: Math.max(sync.startedMs, committedMs),
      endedMs: Math.max(Date.parse(ended.since), committedMs),
      error: ended.state === 'degraded' ? ended.reason : undefined,
      pods,
      links: own ? [{ traceId: own.traceId, spanId: promoteSpanId(own) }] : [],
    },
    nowMs,
  );
}

/** The opening of a pull request that was perhaps not recorded; undefined where there is none, or it was. */
export function describeOpenRequest({
  pipeline,
  environment,
  configUrl,
  startedMs,
}: ObservedEnvironment): SpanRecord[] | undefined {
  const { pullRequest } = environment;
  const promotion = pullRequest?.record && recordedPromotion(pipeline, pullRequest.record, configUrl);
  if (!pullRequest || !promotion) return undefined;
  const openedMs = Date.parse(pullRequest.openedAt);
  if (openedMs < startedMs - UNRECORDED_MS) return undefined;
  const { number, title, url } = pullRequest;
  return describeOpenedPullRequest(promotion, { startedMs: openedMs, openedMs, number, title, url });
}
