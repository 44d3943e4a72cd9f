// The five metrics of DORA, per pipeline and environment, from what Git and GitHub keep. Pure.
// https://dora.dev/guides/dora-metrics-four-keys/ (definitions as of 2026: five metrics; medians, never means, never across teams).
import type { Lineage, PipelineSnapshot, PromotionRecord } from '../decide/promotion.ts';

export interface Deployment {
  landedMs: number;
  /** When each commit was made that it brought first to this environment. */
  committedMs: readonly number[];
  /** It needed somebody or something to take it back, or to mend it at once. */
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
  const ordered = deployments.toSorted((one, other) => one.landedMs - other.landedMs);
  const within = ordered.filter(({ landedMs }) => landedMs > nowMs - windowMs && landedMs <= nowMs);
  const leadTimes = within.flatMap(({ landedMs, committedMs }) =>
    committedMs.flatMap((madeMs) => (madeMs < landedMs ? [landedMs - madeMs] : [])),
  );
  const recoveries = within.flatMap(({ failedMs, landedMs }) => {
    const next = failedMs === undefined ? undefined : ordered.find((later) => later.landedMs > landedMs);
    return next && failedMs !== undefined ? [Math.max(0, next.landedMs - failedMs)] : [];
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
  { pipeline, lineage }: Pick<PipelineSnapshot, 'pipeline' | 'lineage'>,
  environment: string,
  recentRecords: readonly PromotionRecord[],
): Deployment[] {
  const records = recentRecords
    .filter((record) => record.pipeline === pipeline.name && record.environment === environment)
    .toSorted((one, other) => Date.parse(one.committedAt) - Date.parse(other.committedAt));
  return records.map((record, index) => {
    const landedMs = Date.parse(record.committedAt);
    const taken = records[index + 1];
    const failedMs =
      taken?.rollsBack?.digest === record.release.digest
        ? Date.parse(taken.failedAt ?? taken.committedAt)
        : isReportedFailed(record, lineage)
          ? landedMs
          : undefined;
    const isRework = record.rollsBack !== undefined;
    const committedMs = isRework ? [] : commitTimes(record, records.slice(0, index), lineage);
    return { landedMs, committedMs, failedMs, isRework };
  });
}

function isReportedFailed(
  { release, commit, pipeline, environment }: PromotionRecord,
  lineage: Lineage | undefined,
): boolean {
  return (
    lineage?.commits[release.commit ?? '']?.deployments?.some(
      (deployment) =>
        deployment.isFailed &&
        deployment.configCommit === commit &&
        deployment.environment === `${pipeline}/${environment}`,
    ) ?? false
  );
}

/** Of every commit since the release before, as far as the source repository was read; otherwise of the release's own commit. */
function commitTimes(
  record: PromotionRecord,
  earlier: readonly PromotionRecord[],
  lineage: Lineage | undefined,
): number[] {
  const history = lineage?.commits[record.release.commit ?? '']?.history;
  const before = earlier.at(-1)?.release.commit;
  if (history && before !== undefined) {
    const end = history.findIndex(({ sha }) => sha.startsWith(before));
    if (end > 0) return history.slice(0, end).map(({ committedAt }) => Date.parse(committedAt));
  }
  return record.sourceDate === undefined ? [] : [Date.parse(record.sourceDate)];
}
