// The five metrics of DORA, per pipeline and environment, from what Git and GitHub keep. Pure.
// https://dora.dev/guides/dora-metrics-four-keys/ (definitions as of 2026: five metrics; medians, never means, never across teams).
import { commitOf, commitsSince, type Lineage } from '../decide/lineage.ts';
import type { PipelineSnapshot, PromotionRecord } from '../decide/promotion.ts';

export interface Deployment {
  /** When its promotion was committed to the config repository. */
  committedMs: number;
  /** When each source commit was made that it brought first to this environment. */
  changesMs: readonly number[];
  /** Undefined unless it had to be rolled back, or was found degraded. */
  failedMs: number | undefined;
  /** It was made only because of a failure before it. */
  isRework: boolean;
}

export interface DoraFigures {
  /** In the window. */
  deployments: number;
  /** From commit to the environment; undefined where no commit is known. */
  leadTimeMedianMs: number | undefined;
  /** Of the deployments, those that failed: 0 to 1. */
  failRatio: number | undefined;
  /** From the failure to the next deployment. */
  recoveryMedianMs: number | undefined;
  /** Of the deployments, those that were made because of a failure: 0 to 1. */
  reworkRatio: number | undefined;
}

export const DORA_WINDOW_MS = 30 * 86_400_000;

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** @param deployments of one pipeline and environment, in any order. */
export function dora(deployments: readonly Deployment[], nowMs: number, windowMs = DORA_WINDOW_MS): DoraFigures {
  const ordered = deployments.toSorted((one, other) => one.committedMs - other.committedMs);
  const within = ordered.filter(({ committedMs }) => committedMs > nowMs - windowMs && committedMs <= nowMs);
  const leadTimes = within.flatMap(({ committedMs, changesMs }) =>
    changesMs.flatMap((changeMs) => (changeMs < committedMs ? [committedMs - changeMs] : [])),
  );
  const recoveries = within.flatMap(({ failedMs, committedMs }) => {
    const next = failedMs === undefined ? undefined : ordered.find((later) => later.committedMs > committedMs);
    return next && failedMs !== undefined ? [Math.max(0, next.committedMs - failedMs)] : [];
  });
  const ratio = (count: number): number | undefined => (within.length === 0 ? undefined : count / within.length);
  return {
    deployments: within.length,
    leadTimeMedianMs: median(leadTimes),
    failRatio: ratio(within.filter(({ failedMs }) => failedMs !== undefined).length),
    recoveryMedianMs: median(recoveries),
    reworkRatio: ratio(within.filter(({ isRework }) => isRework).length),
  };
}

/**
 * What the config repository's recent history says of an environment. A release failed when a later commit rolled it back, or when its
 * rollout was reported as failed on its source commit.
 */
export function deploymentsOf(
  { declared, lineage }: Pick<PipelineSnapshot, 'declared' | 'lineage'>,
  environment: string,
  recentRecords: readonly PromotionRecord[],
): Deployment[] {
  const records = recentRecords
    .filter((record) => record.pipeline === declared.name && record.environment === environment)
    .toSorted((one, other) => Date.parse(one.committedAt) - Date.parse(other.committedAt));
  return records.map((record, index) => {
    const isRework = record.rollsBack !== undefined;
    return {
      committedMs: Date.parse(record.committedAt),
      changesMs: isRework ? [] : changeTimes(record, records[index - 1], lineage),
      failedMs: failureOf(record, records[index + 1], lineage),
      isRework,
    };
  });
}

function failureOf(
  record: PromotionRecord,
  successor: PromotionRecord | undefined,
  lineage: Lineage | undefined,
): number | undefined {
  if (successor?.rollsBack?.digest === record.release.digest)
    return Date.parse(successor.failedAt ?? successor.committedAt);
  return isReportedFailed(record, lineage) ? Date.parse(record.committedAt) : undefined;
}

function isReportedFailed(
  { release, commit, pipeline, environment }: PromotionRecord,
  lineage: Lineage | undefined,
): boolean {
  const deployments = commitOf(lineage, release.commit)?.deployments ?? [];
  return deployments.some(
    (deployment) =>
      deployment.isFailed &&
      deployment.configCommit === commit &&
      deployment.environment === `${pipeline}/${environment}`,
  );
}

/** Of every commit since the release before, as far as the source repository was read; otherwise of the release's own commit. */
function changeTimes(
  record: PromotionRecord,
  predecessor: PromotionRecord | undefined,
  lineage: Lineage | undefined,
): number[] {
  const commit = commitOf(lineage, record.release.commit);
  const before = predecessor?.release.commit;
  const shipped = commit && before !== undefined ? commitsSince(commit, [before]) : [];
  if (shipped.length > 0) return shipped.map(({ committedAt }) => Date.parse(committedAt));
  return record.sourceDate === undefined ? [] : [Date.parse(record.sourceDate)];
}
