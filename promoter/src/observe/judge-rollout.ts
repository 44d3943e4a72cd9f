// Whether an environment runs a digest healthily. Argo CD's `Healthy` alone proves nothing: right after a sync it is still
// the old revision's (argo-cd #9070, #21333). Accepted is what all of these say together: the synced revision contains the
// promotion, the comparison came after the sync, the digest is among the live images, and every workload of the digest is complete.
// Argo CD's `Degraded` alone condemns nothing: it may be a neighbour's, from before. A workload of the digest says it itself.
import type { Rollout } from '../decide/promotion.ts';
import type { RolloutQuestion } from '../ports.ts';
import { isCommit, judgeSync, type SyncVerdict } from './judge-sync.ts';
import { ownDeadline } from './own-deadline.ts';
import type { Application } from './parse-application.ts';
import { type Pod, readySince } from './parse-pod.ts';
import { nameOf, type Workload, workloadsWith } from './parse-workload.ts';
import { latest, type Progress, progressOf } from './workload-progress.ts';

export interface ClusterFacts {
  application: Application;
  /** Of what the Application lists: Deployments, StatefulSets, DaemonSets and Argo Rollouts. */
  workloads: readonly Workload[];
  /** What keeps workloads from being read, as a reason; undefined where all were. */
  unreadable: string | undefined;
  /** Of its workloads alone: the pod of a Job with the same image proves nothing. */
  pods: readonly Pod[];
  /** Whether these are all. Otherwise nobody knows whether a rollout still progresses. */
  hasAllPods: boolean;
  /** What the project says of when this Application may be synced, to be appended to a reason; may be empty. */
  windows: string;
}

type Done = Extract<SyncVerdict, { kind: 'done' }>;

const progressing = (reason: string) => ({ state: 'progressing', reason }) satisfies Rollout;
const hasDigest = (images: readonly string[] | null | undefined, digest: string): boolean =>
  images?.some((image) => image.endsWith(`@${digest}`)) ?? false;

export function judgeRollout(question: RolloutQuestion, facts: ClusterFacts | undefined, now: Date): Rollout {
  const { environment, digest, record } = question;
  if (!facts)
    return { state: 'unknown', reason: `Argo CD has no Application ${environment.application ?? '(none is named)'}` };
  const sync = judgeSync(question, facts.application, facts.windows);
  if (sync.kind === 'pending') return sync.rollout;
  if (facts.unreadable !== undefined) return { state: 'unknown', reason: facts.unreadable };
  const workloads = workloadsWith(digest, facts.workloads);
  const progress = workloads.map((workload) => progressOf(workload, facts.workloads));
  if (sync.kind === 'failed') {
    const isRunning = progress.length > 0 && progress.every(({ state }) => state === 'complete');
    const isLater = record !== undefined && sync.revision !== record.commit;
    if (isRunning && isLater) return progressing(`a later commit is not deployed: ${sync.reason}`);
    return { state: 'degraded', digest, since: sync.since, reason: sync.reason };
  }
  if (workloads.length === 0) return withoutWorkload(question, facts, sync);
  return (
    failedWorkload(digest, progress, sync) ??
    overdueWorkload({ workloads, progress, digest }, facts, sync, now) ??
    judgeApplication(question, facts, sync, progress)
  );
}

/** A state is never dated before the sync that brought the digest. */
function failedWorkload(digest: string, progress: readonly Progress[], sync: Done): Rollout | undefined {
  const failed = progress.find((one) => one.state === 'failed');
  if (!failed) return undefined;
  const since = latest([failed.since, sync.at]) ?? failed.since;
  return { state: 'degraded', digest, since, reason: failed.reason };
}

interface OfDigest {
  workloads: readonly Workload[];
  progress: readonly Progress[];
  digest: string;
}

/** Rolls out, and its kind has no deadline: ours passed, or will pass if nothing happens. */
function overdueWorkload({ workloads, progress, digest }: OfDigest, facts: ClusterFacts, sync: Done, now: Date) {
  if (!facts.hasAllPods) return undefined;
  const deadlines = workloads.flatMap((workload, at) => {
    const one = progress[at];
    if (one?.state !== 'rolling out' || one.hasDeadline) return [];
    return [{ ...ownDeadline(workload, facts.pods, digest, sync.at), rollingOut: one.reason }];
  });
  const [first] = deadlines.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  if (!first) return undefined;
  const { at, reason, rollingOut } = first;
  if (Date.parse(at) <= now.getTime()) return { state: 'degraded', digest, since: at, reason } satisfies Rollout;
  return { ...progressing(rollingOut), until: at };
}

function judgeApplication(
  { digest, record }: RolloutQuestion,
  { application, pods }: ClusterFacts,
  sync: Done,
  progress: readonly Progress[],
): Rollout {
  const { sync: compared, health, summary } = application.status;
  if (compared?.status !== 'Synced') return progressing(`Argo CD says ${compared?.status ?? 'nothing'}, not Synced`);
  const incomplete = progress.find(({ state }) => state === 'rolling out' || state === 'waiting');
  if (incomplete && 'reason' in incomplete) return progressing(incomplete.reason);
  const empty = progress.find(({ state }) => state === 'empty');
  const complete = progress.filter((one) => one.state === 'complete');
  if (complete.length === 0) return progressing(empty && 'reason' in empty ? empty.reason : 'nothing runs');
  if (!hasDigest(summary?.images, digest)) return progressing('the digest is not among the live images yet');
  if (health?.status === 'Degraded')
    return progressing(
      'Argo CD says Degraded, though this release is complete: something else in the Application is at fault',
    );
  if (health?.status !== 'Healthy') return progressing(`Argo CD says ${health?.status ?? 'nothing about health'}`);
  const ownTimes = complete.flatMap(({ since }) => since ?? readyTimes(pods, digest));
  return { state: 'healthy', digest, since: provenAt(sync, record?.committedAt, health.lastTransitionTime, ownTimes) };
}

/** The last of everything that had to happen. */
function provenAt(
  sync: Done,
  committedAt: string | undefined,
  healthSince: string | null | undefined,
  ownTimes: readonly string[],
): string {
  const before = committedAt === undefined ? [] : [committedAt];
  return latest([sync.at, ...before, ...(healthSince ? [healthSince] : []), ...ownTimes]) ?? sync.at;
}

const readyTimes = (pods: readonly Pod[], digest: string): string[] =>
  pods.flatMap((pod) => {
    const images = pod.spec.containers.map(({ image }) => image);
    return hasDigest(images, digest) ? (readySince(pod) ?? []) : [];
  });

function withoutWorkload(question: RolloutQuestion, facts: ClusterFacts, sync: Done): Rollout {
  const { recentCommits } = question;
  const { application, workloads } = facts;
  if (workloads.length === 0 && !listsWorkloads(application)) return byArgoCdAlone(question, application, sync);
  // Somebody else's commit may have brought it, which nobody asked Argo CD to look at.
  const awaitsSync = isCommit(sync.revision) && recentCommits.length > 0 && sync.revision !== recentCommits[0];
  const others = workloads.map(nameOf).join(', ');
  const what =
    others === '' ? 'no workload of this Application is there yet' : `no workload has this digest yet (${others})`;
  return { ...progressing(what), awaitsSync };
}

const WORKLOAD_KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);
const listsWorkloads = ({ status }: Application): boolean =>
  status.resources?.some(({ kind }) => WORKLOAD_KINDS.has(kind)) ?? false;

/** Pods of other kinds, which only Argo CD knows. A Job's pod is among the live images, too, and runs before the release does. */
function byArgoCdAlone({ digest, record }: RolloutQuestion, { status }: Application, sync: Done): Rollout {
  const { sync: compared, health, summary, resources, operationState } = status;
  const synced = operationState?.syncResult?.resources ?? [];
  if ([...(resources ?? []), ...synced].some(({ kind }) => kind === 'Job' || kind === 'CronJob'))
    return progressing('Argo CD lists no workload that could be read, and the image of a Job proves nothing');
  if (compared?.status !== 'Synced') return progressing(`Argo CD says ${compared?.status ?? 'nothing'}, not Synced`);
  if (!hasDigest(summary?.images, digest)) return progressing('the digest is not among the live images yet');
  if (health?.status !== 'Healthy') return progressing(`Argo CD says ${health?.status ?? 'nothing about health'}`);
  return { state: 'healthy', digest, since: provenAt(sync, record?.committedAt, health.lastTransitionTime, []) };
}
