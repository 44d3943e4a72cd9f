// Since when a release is healthy without a break. Conditions have only their last transition, and scaling moves it as a lost pod does: an
// autoscaler would start every soak again. What was seen before distinguishes them. Without a memory, as after a start, the later time
// counts: a soak is then longer, never shorter.
import type { Rollout } from '../decide/promotion.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { type Workload, workloadsWith } from './parse-workload.ts';
import { progressOf, sizeOf } from './workload-progress.ts';

export interface SeenHealthy {
  since: string;
  digest: string;
  /** Of the sync that brought it: another one is another beginning. */
  syncedAt: string;
  workloads: ReadonlyMap<string, SeenWorkload>;
}

interface SeenWorkload {
  desired: number;
  template: string;
  /** What its own conditions said. */
  since: string | undefined;
}

/** @param before what the last call returned for this environment. */
export function continueHealth(
  before: SeenHealthy | undefined,
  digest: string,
  rollout: Rollout,
  facts: ClusterFacts,
): { rollout: Rollout; seen: SeenHealthy | undefined } {
  const workloads = workloadsWith(digest, facts.workloads);
  const syncedAt = syncOf(facts);
  const isUnbroken =
    before !== undefined &&
    before.digest === digest &&
    before.syncedAt === syncedAt &&
    before.workloads.size === workloads.length &&
    workloads.every((workload) => continues(before.workloads.get(keyOf(workload)), workload, facts.workloads));
  if (rollout.state !== 'healthy')
    return { rollout, seen: rollout.state === 'progressing' && isUnbroken ? before : undefined };
  const since = isUnbroken ? before.since : rollout.since;
  const seen = {
    since,
    digest,
    syncedAt,
    workloads: new Map(workloads.map((one) => [keyOf(one), seenOf(one, facts.workloads)])),
  };
  return { rollout: { ...rollout, since }, seen };
}

/** Nothing of it changed, or its size alone did and no pod that served before is missing. */
function continues(before: SeenWorkload | undefined, workload: Workload, all: readonly Workload[]): boolean {
  if (!before || before.template !== templateOf(workload)) return false;
  const { desired, available } = sizeOf(workload);
  if (desired !== before.desired) return available >= Math.min(desired, before.desired);
  const now = progressOf(workload, all);
  return now.state === 'complete' && now.since === before.since;
}

const seenOf = (workload: Workload, all: readonly Workload[]): SeenWorkload => {
  const progress = progressOf(workload, all);
  return {
    desired: sizeOf(workload).desired,
    template: templateOf(workload),
    since: progress.state === 'complete' ? progress.since : undefined,
  };
};

const keyOf = ({ kind, metadata }: Workload): string =>
  `${kind} ${metadata.namespace}/${metadata.name} ${metadata.uid ?? ''}`;
const templateOf = ({ spec }: Workload): string => JSON.stringify(spec.template ?? null);
const syncOf = ({ application: { metadata, status } }: ClusterFacts): string =>
  status.operationState?.startedAt ?? metadata.creationTimestamp ?? '';
