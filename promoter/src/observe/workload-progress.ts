// How far a workload has rolled out its template, by the rules of its own kind:
// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment
// https://github.com/argoproj/argo-cd/tree/v3.5.1/gitops-engine/pkg/health and `kubectl rollout status`
import {
  type ArgoRollout,
  type Condition,
  type DaemonSet,
  type Deployment,
  nameOf,
  referredBy,
  type StatefulSet,
  type Workload,
} from './parse-workload.ts';

export type Progress =
  /** `since`: by its own conditions; undefined where its kind has none. */
  | { state: 'complete'; since: string | undefined }
  /** It does not run a single pod, and none is asked for: proves nothing. */
  | { state: 'empty'; reason: string }
  /** `hasDeadline`: its controller gives up by itself. */
  | { state: 'rolling out'; reason: string; hasDeadline: boolean }
  /** Only a person, or a pause's end, moves it on. */
  | { state: 'waiting'; reason: string }
  | { state: 'failed'; since: string; reason: string };

/** How many pods are asked for, and how many of them serve. */
export interface Size {
  desired: number;
  available: number;
}

export function sizeOf(workload: Workload): Size {
  if (workload.kind === 'DaemonSet') {
    const { desiredNumberScheduled, numberAvailable } = workload.status;
    return { desired: desiredNumberScheduled, available: numberAvailable };
  }
  return { desired: workload.spec.replicas, available: workload.status.availableReplicas };
}

/** @param all of the Application: a Rollout may take the template of another. */
export function progressOf(workload: Workload, all: readonly Workload[]): Progress {
  switch (workload.kind) {
    case 'Deployment':
      return ofDeployment(workload);
    case 'StatefulSet':
      return ofStatefulSet(workload);
    case 'DaemonSet':
      return ofDaemonSet(workload);
    case 'Rollout':
      return ofRollout(workload, all);
  }
}

function ofDeployment(deployment: Deployment): Progress {
  const { metadata, spec, status } = deployment;
  const name = nameOf(deployment);
  const rollingOut: Progress = { state: 'rolling out', reason: `${name} is rolling out`, hasDeadline: true };
  if (status.observedGeneration < metadata.generation) return rollingOut;
  const exceeded = status.conditions.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  const failedAt = exceeded && timeOf(exceeded);
  if (failedAt !== undefined) return { state: 'failed', since: failedAt, reason: exceeded?.message ?? '' };
  if (spec.replicas === 0) return empty(name);
  const isComplete =
    status.updatedReplicas === spec.replicas &&
    status.replicas === status.updatedReplicas &&
    status.availableReplicas === status.updatedReplicas;
  if (isComplete) return { state: 'complete', since: latest(deploymentTimes(status.conditions)) };
  return spec.paused ? { state: 'waiting', reason: `${name} is paused` } : rollingOut;
}

/**
 * `Progressing` completes at its lastUpdateTime: its lastTransitionTime stays at the first True. Health lost and found again moves the
 * transition of `Available`.
 */
const deploymentTimes = (conditions: readonly Condition[]): string[] =>
  conditions.flatMap(({ type, lastUpdateTime, lastTransitionTime }) =>
    type === 'Progressing' ? (lastUpdateTime ?? []) : type === 'Available' ? (lastTransitionTime ?? []) : [],
  );

function ofStatefulSet(set: StatefulSet): Progress {
  const { metadata, spec, status } = set;
  const name = nameOf(set);
  const { replicas } = spec;
  if (status.observedGeneration < metadata.generation) return withoutDeadline(`${name} is rolling out`);
  if (replicas === 0) return empty(name);
  const { updatedReplicas, availableReplicas } = status;
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (updatedReplicas < replicas && spec.updateStrategy?.type === 'OnDelete')
    return { state: 'waiting', reason: `${name} is updated only where somebody deletes its pods (OnDelete)` };
  if (partition > 0 && updatedReplicas >= replicas - partition && updatedReplicas < replicas)
    return { state: 'waiting', reason: `${name} keeps the pods below its partition ${partition} as they were` };
  if (updatedReplicas === replicas && status.replicas === replicas && availableReplicas === replicas)
    return { state: 'complete', since: undefined };
  return withoutDeadline(
    `${name} is rolling out: ${updatedReplicas} of ${replicas} updated, ${availableReplicas} available`,
  );
}

function ofDaemonSet(set: DaemonSet): Progress {
  const { metadata, spec, status } = set;
  const name = nameOf(set);
  if (status.observedGeneration < metadata.generation) return withoutDeadline(`${name} is rolling out`);
  const { desiredNumberScheduled: desired, updatedNumberScheduled: updated, numberAvailable: available } = status;
  if (desired === 0) return { state: 'empty', reason: `${name} runs on no node: nothing proves the release` };
  if (updated < desired && spec.updateStrategy?.type === 'OnDelete')
    return { state: 'waiting', reason: `${name} is updated only where somebody deletes its pods (OnDelete)` };
  if (updated === desired && available === desired) return { state: 'complete', since: undefined };
  return withoutDeadline(`${name} is rolling out: ${updated} of ${desired} updated, ${available} available`);
}

/** Right after a sync its phase is still that of the template before: the observed generations say so. */
function ofRollout(rollout: ArgoRollout, all: readonly Workload[]): Progress {
  const { metadata, spec, status } = rollout;
  const name = nameOf(rollout);
  const detail = status.message === '' ? '' : `: ${status.message}`;
  const rollingOut: Progress = { state: 'rolling out', reason: `${name} is rolling out`, hasDeadline: true };
  const template = referredBy(rollout, all);
  if (!(Number(status.observedGeneration) >= metadata.generation)) return rollingOut;
  if (template && !(Number(status.workloadObservedGeneration) >= template.metadata.generation)) return rollingOut;
  if (status.phase === 'Degraded') {
    const progressing = status.conditions.find(({ type, status: is }) => type === 'Progressing' && is === 'False');
    const since =
      status.abortedAt ?? (progressing && timeOf(progressing)) ?? latest(status.conditions.flatMap(timesOf));
    if (since !== undefined) return { state: 'failed', since, reason: `${name} is Degraded${detail}` };
  }
  if (spec.replicas === 0) return empty(name);
  if (status.phase === 'Paused') return { state: 'waiting', reason: `${name} is paused${detail}` };
  const isComplete =
    status.phase === 'Healthy' &&
    status.stableRS === status.currentPodHash &&
    status.updatedReplicas === spec.replicas &&
    status.availableReplicas >= spec.replicas;
  if (!isComplete) return { ...rollingOut, reason: `${name} is rolling out${detail}` };
  const healthy = status.conditions.find(({ type, status: is }) => type === 'Healthy' && is === 'True');
  return { state: 'complete', since: healthy?.lastTransitionTime ?? latest(deploymentTimes(status.conditions)) };
}

const withoutDeadline = (reason: string): Progress => ({ state: 'rolling out', reason, hasDeadline: false });

/** An environment that is switched off, or one whose pods something else ran until it was taken away: nobody can say which. */
const empty = (name: string): Progress => ({
  state: 'empty',
  reason: `${name} is scaled to 0: nothing proves the release`,
});

const timeOf = ({ lastUpdateTime, lastTransitionTime }: Condition): string | undefined =>
  lastUpdateTime ?? lastTransitionTime;
const timesOf = ({ lastTransitionTime }: Condition): string[] => (lastTransitionTime ? [lastTransitionTime] : []);

/** @returns undefined of no times. */
export function latest(times: readonly string[]): string | undefined {
  return times.reduce<string | undefined>(
    (last, time) => (last === undefined || Date.parse(time) > Date.parse(last) ? time : last),
    undefined,
  );
}
