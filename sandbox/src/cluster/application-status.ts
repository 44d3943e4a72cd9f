// Parts of an Application's status, as in argo-cd pkg/apis/application/v1alpha1/types.go
import { groupVersionOf, type KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { Application } from './application.ts';

export type Source = Application['spec']['source'];

const HISTORY_LENGTH = 10;

export function resourceStatus(object: KubernetesObject) {
  const { namespace, name } = object.metadata;
  const { group, version } = groupVersionOf(object);
  return { group, version, kind: object.kind, ...(namespace ? { namespace } : {}), name, status: 'Synced' };
}

export interface SyncOperation {
  revision: string;
  startedAt: string;
}

const requested = (revision: string) => ({
  sync: { revision, prune: true },
  initiatedBy: { automated: true },
  retry: {},
});

export function runningOperation({ revision, startedAt }: SyncOperation) {
  return {
    operation: requested(revision),
    phase: 'Running',
    startedAt,
    finishedAt: null,
    message: 'waiting for completion',
    syncResult: null,
  };
}

export function succeededOperation(
  { revision, startedAt }: SyncOperation,
  finishedAt: string,
  source: Source,
  desired: readonly KubernetesObject[],
) {
  const resources = desired.map((object) => ({
    ...resourceStatus(object),
    syncPhase: 'Sync',
    message: 'configured',
    hookPhase: 'Running',
  }));
  return {
    operation: requested(revision),
    phase: 'Succeeded',
    startedAt,
    finishedAt,
    message: 'successfully synced (all tasks run)',
    syncResult: { revision, source, resources },
  };
}

/** Appends a deployment to the history of an Application. */
export function historyWith(
  application: KubernetesObject | undefined,
  { revision, startedAt }: SyncOperation,
  deployedAt: string,
  source: Source,
): object[] {
  const status = application?.['status'] as { history?: { id: number }[] } | undefined;
  const before = (status?.history ?? []).slice(1 - HISTORY_LENGTH);
  const id = (before.at(-1)?.id ?? -1) + 1;
  return [
    ...before,
    { id, revision, source, deployStartedAt: startedAt, deployedAt, initiatedBy: { automated: true } },
  ];
}
