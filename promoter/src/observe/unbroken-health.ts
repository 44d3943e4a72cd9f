// Since when a release is healthy without a break. Conditions have only their last transition, and scaling moves it as a lost pod does: an
// autoscaler would start every soak again. What was seen before distinguishes them. Without a memory, as after a start, the later time
// counts: a soak is then longer, never shorter.
import type { Rollout } from '../decide/promotion.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { isPodOf, readySince } from './parse-pod.ts';
import { type Workload, workloadsWith } from './parse-workload.ts';
import { latest, progressOf, sizeOf } from './workload-progress.ts';

export interface SeenHealthy {
  since: string;
  digest: string;
  workloads: ReadonlyMap<string, SeenWorkload>;
}

interface SeenWorkload {
  desired: number;
  template: string;
  /** What its own conditions said, or its pods. */
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
  const isUnbroken =
    before !== undefined &&
    before.digest === digest &&
    workloads.length > 0 &&
    before.workloads.size === workloads.length &&
    workloads.every((workload) => continues(before.workloads.get(keyOf(workload)), workload, facts));
  if (rollout.state !== 'healthy')
    return { rollout, seen: rollout.state === 'progressing' && isUnbroken ? before : undefined };
  const since = isUnbroken ? before.since : rollout.since;
  const seen = {
    since,
    digest,
    workloads: new Map(workloads.map((one) => [keyOf(one), seenOf(one, facts)])),
  };
  return { rollout: { ...rollout, since }, seen };
}

/** Nothing of it changed, or its size alone did and no pod that served before is missing. */
function continues(before: SeenWorkload | undefined, workload: Workload, facts: ClusterFacts): boolean {
  const { desired, template, since } = seenOf(workload, facts);
  if (!before || before.template !== template) return false;
  if (desired !== before.desired) return sizeOf(workload).available >= Math.min(desired, before.desired);
  return progressOf(workload, facts.workloads).state === 'complete' && since === before.since;
}

function seenOf(workload: Workload, { workloads, pods }: ClusterFacts): SeenWorkload {
  const progress = progressOf(workload, workloads);
  const own = pods.filter((pod) => isPodOf(pod, workload)).flatMap((pod) => readySince(pod) ?? []);
  return {
    desired: sizeOf(workload).desired,
    template: JSON.stringify(workload.spec.template ?? null),
    since: (progress.state === 'complete' ? progress.since : undefined) ?? latest(own),
  };
}

const keyOf = ({ kind, metadata }: Workload): string =>
  `${kind} ${metadata.namespace}/${metadata.name} ${metadata.uid ?? ''}`;
