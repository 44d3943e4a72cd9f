// How an environment stands -> hops: the promotion that is in Git, the sync that took it, the rollout that followed. Pure.
// What was told when it happened is made again here from what lasts; the ids are the same, so whoever lived through it tells it once.
import type { SpanRecord } from '@delivery/telemetry/release';
import { currentRelease } from '../decide/decide-environment.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, PromotionRecord, Rollout } from '../decide/promotion.ts';
import { type ClusterFacts, endedSync } from '../observe/judge-rollout.ts';
import type { ConfigSnapshot } from '../ports.ts';
import { causeOf, type ExactTimes } from './describe-enacted.ts';
import { describeLanding, describeOpening, describePublication } from './describe-promotion.ts';
import { describeRollout, describeSync, type Pod } from './describe-rollout.ts';
import { type Passage, passageOf, passageOfRecord, promoteSpanId } from './traced-promotion.ts';

export interface ObservedFacts {
  snapshot: ConfigSnapshot;
  pipeline: PipelineSnapshot;
  environment: EnvironmentSnapshot;
  rollout: Rollout;
  facts: ClusterFacts | undefined;
  nowMs: number;
  exact: ExactTimes;
  /** When this process began: what is older was told by another. */
  startedMs: number;
}

export interface Observed {
  passage: Passage;
  /** The commit of the config repository that brought the release. */
  configCommit: string;
  landedMs: number;
  hops: SpanRecord[][];
  /** The deployments of its commit say that it was told before: the hops are for people here. */
  isTold: boolean;
  /** How the rollout ended; undefined while it has not. */
  outcome: { state: 'healthy' | 'degraded'; atMs: number; reason: string } | undefined;
}

/** A process that died may have opened a pull request that it did not tell of; what is older than this, somebody told. */
const UNTOLD_MS = 120_000;
/** Nobody is down for longer and wants to tell of it; a first start does not tell of a hundred old releases. */
const FORGOTTEN_MS = 86_400_000;

/** @returns undefined where nothing is on its way. */
export function describeObserved(about: ObservedFacts): Observed | undefined {
  const { snapshot, pipeline, environment, rollout, facts } = about;
  const release = currentRelease(pipeline, environment);
  const { record } = environment;
  const isOurs = record !== undefined && record.release.digest === release?.digest;
  const sync =
    facts && release
      ? endedSync({ record: isOurs ? record : undefined, recentCommits: snapshot.recentCommits }, facts)
      : undefined;
  const ended = rollout.state === 'healthy' || rollout.state === 'degraded' ? rollout : undefined;
  const passage =
    isOurs && record
      ? passageOfRecord(pipeline, record, snapshot.url)
      : release && sync && ended
        ? passageOf(pipeline, environment.environment.name, release, {
            kind: 'by hand',
            configUrl: snapshot.url,
            commit: sync.revision,
          })
        : undefined;
  if (!passage) return undefined;
  /** The way that the release went when it was promoted: what goes back, or is put there by hand, leads to it. */
  const own = release && passageOf(pipeline, environment.environment.name, release);
  const configCommit = isOurs && record ? record.commit : (sync?.revision ?? '');
  const landedMs =
    about.exact.landedMs(configCommit) ?? Date.parse((isOurs ? record?.committedAt : sync?.operation.startedAt) ?? '');
  // Where no cluster tells of rollouts, the promotion is all there is to tell.
  const lastMs = ended ? Date.parse(ended.since) : rollout.state === 'unknown' ? landedMs : undefined;
  const isTold = wasTold(about, passage, configCommit, lastMs, ended !== undefined);
  const hops: SpanRecord[][] = [];
  if (isOurs && record) hops.push(publicationOf(about, passage, landedMs), landingOf(about, passage, record, landedMs));
  if (facts && sync) {
    hops.push(syncOf(about, passage, sync, landedMs));
    if (ended && sync.operation.phase === 'Succeeded')
      hops.push(rolledOutOf({ ...about, facts }, passage, { sync, ended, landedMs, own }));
  }
  const outcome =
    ended && sync
      ? { state: ended.state, atMs: Date.parse(ended.since), reason: 'reason' in ended ? ended.reason : '' }
      : undefined;
  return { passage, configCommit, landedMs, hops, isTold, outcome: isTold ? undefined : outcome };
}

/**
 * The deployments of the commit say it. Where they may not be read, what ended some time before this process began was told by the one
 * before; and what ended long before belongs to a time when nobody told anything.
 */
function wasTold(
  { pipeline, startedMs }: ObservedFacts,
  { source, ...passage }: Passage,
  configCommit: string,
  lastMs: number | undefined,
  isWrittenDown: boolean,
): boolean {
  const deployments = pipeline.lineage?.commits[source?.commit ?? '']?.deployments;
  const isWritten = deployments?.some(
    (deployment) =>
      deployment.configCommit === configCommit &&
      deployment.environment === `${passage.pipeline}/${passage.environment}`,
  );
  if (isWritten || lastMs === undefined) return isWritten ?? false;
  return lastMs < startedMs - (deployments && isWrittenDown ? FORGOTTEN_MS : UNTOLD_MS);
}

/** That an image was published is known for certain when it was promoted: where nobody heard of it in time, then at the latest. */
function publicationOf({ exact }: ObservedFacts, passage: Passage, landedMs: number): SpanRecord[] {
  if (passage.kind !== 'promotion' || passage.predecessor !== undefined) return [];
  return describePublication(passage, {
    receivedMs: exact.publishedMs(passage.release.digest) ?? landedMs,
    parent: undefined,
  });
}

function landingOf(
  { pipeline, environment, exact }: ObservedFacts,
  passage: Passage,
  record: PromotionRecord,
  landedMs: number,
): SpanRecord[] {
  const number = /\/pull\/(\d+)$/.exec(record.pullRequest ?? '')?.[1];
  return describeLanding(passage, {
    causeMs: causeOf({ pipeline, target: environment }, record.release.digest, landedMs, exact),
    startedMs: landedMs,
    landedMs,
    commit: record.commit,
    reason: 'as its commit says',
    pullRequest:
      record.pullRequest === undefined
        ? undefined
        : { number: number === undefined ? undefined : Number(number), url: record.pullRequest, openedMs: undefined },
    approvedBy: record.approvedBy,
    soaks: false,
  });
}

type EndedSync = NonNullable<ReturnType<typeof endedSync>>;

const startOf = ({ operation }: EndedSync): number => Date.parse(operation.startedAt ?? operation.finishedAt ?? '');

function syncOf(
  { environment, nowMs }: ObservedFacts,
  passage: Passage,
  sync: EndedSync,
  landedMs: number,
): SpanRecord[] {
  const { operation } = sync;
  const by = operation.operation?.initiatedBy;
  return describeSync(
    passage,
    {
      application: environment.environment.application ?? '',
      landedMs,
      startedMs: startOf(sync),
      finishedMs: Date.parse(operation.finishedAt ?? ''),
      isManual: by?.automated === false || Boolean(by?.username),
      by: by?.username ?? undefined,
      error: operation.phase === 'Succeeded' ? undefined : (operation.message ?? operation.phase),
    },
    nowMs,
  );
}

interface EndedRollout {
  sync: EndedSync;
  ended: Extract<Rollout, { state: 'healthy' | 'degraded' }>;
  landedMs: number;
  own: Passage | undefined;
}

function rolledOutOf(
  { facts, nowMs }: ObservedFacts & { facts: ClusterFacts },
  passage: Passage,
  { sync, ended, landedMs, own }: EndedRollout,
): SpanRecord[] {
  const deployment = facts.deployments.find(({ spec }) =>
    spec.template.spec.containers.some(({ image }) => image.endsWith(`@${passage.release.digest}`)),
  );
  return describeRollout(
    passage,
    {
      service: passage.pipeline,
      deployment: deployment?.metadata,
      startedMs: Math.max(startOf(sync), landedMs),
      endedMs: Math.max(Date.parse(ended.since), landedMs),
      error: ended.state === 'degraded' ? ended.reason : undefined,
      pods: podsOf(facts, passage.release.digest),
      links: own && passage.kind !== 'promotion' ? [{ traceId: own.traceId, spanId: promoteSpanId(own) }] : [],
    },
    nowMs,
  );
}

function podsOf({ pods }: ClusterFacts, digest: string): Pod[] {
  return pods
    .filter(({ spec }) => spec.containers.some(({ image }) => image.endsWith(`@${digest}`)))
    .map(({ metadata, status }) => {
      const ready = status.conditions.find((condition) => condition.type === 'Ready' && condition.status === 'True');
      const readyMs = ready?.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined;
      return { name: metadata.name, createdMs: Date.parse(metadata.creationTimestamp), readyMs };
    });
}

/** The opening of a pull request that nobody may have lived to tell of; undefined where there is none, or somebody did. */
export function describeOpenRequest({
  snapshot,
  pipeline,
  environment,
  startedMs,
}: ObservedFacts): SpanRecord[] | undefined {
  const pull = environment.pullRequest;
  const passage = pull?.record && passageOfRecord(pipeline, pull.record, snapshot.url);
  const openedMs = Date.parse(pull?.openedAt ?? '');
  if (!pull || !passage || openedMs < startedMs - UNTOLD_MS) return undefined;
  const { number, title, url } = pull;
  return describeOpening(passage, { startedMs: openedMs, openedMs, number, title, url });
}
