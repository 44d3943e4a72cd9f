// Whether an environment runs a digest healthily. Argo CD's `Healthy` alone proves nothing: right after a sync it is still
// the old revision's (argo-cd #9070, #21333). Accepted is what all of these say together: the synced revision contains the
// promotion, the comparison came after the sync, the digest is among the live images, and the Deployment is complete.
import type { Rollout } from '../decide/promotion.ts';
import type { RolloutQuestion } from '../ports.ts';
import type { Application, Deployment, Pod } from './parse-application.ts';

export interface ClusterFacts {
  application: Application;
  deployments: readonly Deployment[];
  /** Of its Deployments. */
  pods: readonly Pod[];
}

const progressing = (reason: string) => ({ state: 'progressing', reason }) satisfies Rollout;

export function judgeRollout(
  { environment, digest, record, recentCommits }: RolloutQuestion,
  facts: ClusterFacts | undefined,
): Rollout {
  if (!facts)
    return { state: 'unknown', reason: `Argo CD has no Application ${environment.application ?? '(none is named)'}` };
  const { status } = facts.application;
  const comparisonError = status.conditions?.find(({ type }) => type === 'ComparisonError');
  if (comparisonError) return { state: 'unknown', reason: `Argo CD cannot compare: ${comparisonError.message}` };

  const operation = status.operationState;
  if (!operation) return progressing('Argo CD has not synced yet');
  const revision = syncedRevision(operation);
  if (record && !contains(recentCommits, revision, record.commit)) {
    return { ...progressing(`Argo CD has not synced ${record.commit.slice(0, 7)} yet`), awaitsSync: true };
  }
  if (operation.phase === 'Failed' || operation.phase === 'Error') {
    const since = operation.finishedAt ?? operation.startedAt;
    if (!since) return progressing('Argo CD does not say yet since when its sync failed');
    return { state: 'degraded', digest, since, reason: `the sync failed: ${operation.message ?? operation.phase}` };
  }
  if (operation.phase !== 'Succeeded' || !operation.finishedAt) return progressing('Argo CD is syncing');
  if (!status.reconciledAt || Date.parse(status.reconciledAt) < Date.parse(operation.finishedAt)) {
    return progressing('Argo CD has not looked at the result of its sync yet');
  }

  const deployments = facts.deployments.filter(({ spec }) =>
    spec.template.spec.containers.some(({ image }) => image.endsWith(`@${digest}`)),
  );
  if (deployments.length === 0) {
    // Somebody else's commit may have brought it, which nobody asked Argo CD to look at.
    const awaitsSync = recentCommits.length > 0 && revision !== recentCommits[0];
    return { ...progressing('no Deployment has this digest yet'), awaitsSync };
  }
  const failed = deployments.flatMap((deployment) => progressDeadline(deployment) ?? [])[0];
  if (failed) return { state: 'degraded', digest, since: failed.since, reason: failed.reason };
  if (status.sync?.status !== 'Synced')
    return progressing(`Argo CD says ${status.sync?.status ?? 'nothing'}, not Synced`);
  if (status.health?.status === 'Degraded') {
    return {
      state: 'degraded',
      digest,
      since: status.health.lastTransitionTime ?? operation.finishedAt,
      reason: status.health.message ?? 'Argo CD says Degraded',
    };
  }
  const incomplete = deployments.find((deployment) => !isComplete(deployment));
  if (incomplete) return progressing(`Deployment ${incomplete.metadata.name} is rolling out`);
  if (!status.summary?.images?.some((image) => image.endsWith(`@${digest}`)))
    return progressing('the digest is not among the live images yet');
  if (status.health?.status !== 'Healthy')
    return progressing(`Argo CD says ${status.health?.status ?? 'nothing about health'}`);
  return {
    state: 'healthy',
    digest,
    since: provenAt(operation.finishedAt, status.health.lastTransitionTime, deployments),
  };
}

/** The revision is the commit or came after it. What is older than the recent history cannot be placed, and passes. */
export function contains(recentCommits: readonly string[], revision: string | undefined, commit: string): boolean {
  const at = recentCommits.indexOf(commit);
  if (at < 0 || revision === commit) return true;
  if (revision === undefined) return false;
  const synced = recentCommits.indexOf(revision);
  return synced >= 0 && synced <= at;
}

type OperationState = NonNullable<Application['status']['operationState']>;

/** Undefined while the first sync runs. Of several sources the first is the config repository. */
export function syncedRevision({ syncResult }: OperationState): string | undefined {
  return syncResult?.revision ?? syncResult?.revisions?.[0];
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment */
function isComplete({ metadata, spec, status }: Deployment): boolean {
  return (
    status.observedGeneration >= metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.replicas === status.updatedReplicas &&
    status.availableReplicas === status.updatedReplicas
  );
}

function progressDeadline({ metadata, status }: Deployment): { since: string; reason: string } | undefined {
  if (status.observedGeneration < metadata.generation) return undefined;
  const condition = status.conditions.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  const since = condition?.lastUpdateTime ?? condition?.lastTransitionTime;
  return condition && since ? { since, reason: condition.message } : undefined;
}

/**
 * The last of everything that had to happen. `Progressing` completes at its lastUpdateTime: its lastTransitionTime stays at
 * the first True. Health lost and found again moves the application's and the Deployment's transition times.
 */
function provenAt(
  finishedAt: string,
  healthSince: string | null | undefined,
  deployments: readonly Deployment[],
): string {
  const times = deployments.flatMap(({ status }) =>
    status.conditions.flatMap(({ type, lastUpdateTime, lastTransitionTime }) =>
      type === 'Progressing' ? (lastUpdateTime ?? []) : type === 'Available' ? (lastTransitionTime ?? []) : [],
    ),
  );
  return [finishedAt, ...(healthSince ? [healthSince] : []), ...times].reduce((latest, time) =>
    Date.parse(time) > Date.parse(latest) ? time : latest,
  );
}
