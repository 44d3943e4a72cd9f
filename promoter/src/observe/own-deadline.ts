// Kubernetes gives up on a Deployment (progressDeadlineSeconds), and never on a StatefulSet or a DaemonSet. For those the same ten minutes
// count here, from the last progress that can be read in the cluster: nothing is remembered.
import { isPodOf, type Pod, readyCondition, readySince } from './parse-pod.ts';
import { nameOf, type Workload } from './parse-workload.ts';
import { latest } from './workload-progress.ts';

/** Deployment's default: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds */
export const PROGRESS_DEADLINE_MS = 600_000;

export interface Deadline {
  /** When it passes. */
  at: string;
  /** What will be said then. */
  reason: string;
}

/** @param syncedAt the rollout cannot have begun before. */
export function ownDeadline(workload: Workload, pods: readonly Pod[], digest: string, syncedAt: string): Deadline {
  const own = pods.filter(
    (pod) => isPodOf(pod, workload) && pod.spec.containers.some(({ image }) => image.endsWith(`@${digest}`)),
  );
  const progress = own.flatMap((pod) => [pod.metadata.creationTimestamp, readySince(pod) ?? []].flat());
  const from = latest([syncedAt, ...progress]) ?? syncedAt;
  const stuck = own.find((pod) => readyCondition(pod)?.status !== 'True');
  return {
    at: new Date(Date.parse(from) + PROGRESS_DEADLINE_MS).toISOString().replace('.000Z', 'Z'),
    reason: `${nameOf(workload)} made no progress for ${PROGRESS_DEADLINE_MS / 60_000} minutes${stuck ? `: ${whyNotReady(stuck)}` : ''}`,
  };
}

function whyNotReady(pod: Pod): string {
  const conditions = pod.status.conditions.filter(({ status, message }) => status === 'False' && message);
  const why = conditions.find(({ type }) => type === 'PodScheduled') ?? conditions.find(({ type }) => type === 'Ready');
  return `pod ${pod.metadata.name} is not ready${why ? ` (${why.message})` : ''}`;
}
