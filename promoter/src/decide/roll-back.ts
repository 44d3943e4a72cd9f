import type { EnvironmentSnapshot, PipelineSnapshot, RollBack } from './promotion.ts';
import type { Release } from './release.ts';

const CLOCKS_DIFFER_MS = 60_000;

/** Rule 12: a release that turned Degraded soon after its promotion is rolled back, where the environment asks for it. */
export function rollBack(
  { declared: pipeline }: PipelineSnapshot,
  { declared: environment, record, previous, rollout }: EnvironmentSnapshot,
  current: Release | undefined,
): RollBack | undefined {
  if (!environment.rollback || !current || !previous || record?.release.digest !== current.digest || record.rollsBack)
    return undefined;
  if (rollout.state !== 'degraded' || rollout.digest !== current.digest) return undefined;
  const afterMs = Date.parse(rollout.since) - Date.parse(record.committedAt);
  // What failed well before the promotion was committed says nothing of it; clocks differ a little.
  if (!(afterMs >= -CLOCKS_DIFFER_MS && afterMs <= environment.rollback.within)) return undefined;
  return {
    kind: 'roll back',
    pipeline: pipeline.name,
    environment: environment.name,
    reason: `${current.tag} turned Degraded: ${rollout.reason}`,
    release: previous,
    from: current,
    manifest: environment.manifest,
    failedAt: rollout.since,
  };
}
