// Parts of an Application's status, as in argo-cd pkg/apis/application/v1alpha1/types.go and as Argo CD 3.5.1 sends them.
import { groupVersionOf, type KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { Application } from './application.ts';

const HISTORY_LENGTH = 10;

/** Before anything was compared. */
export const FIRST_STATUS = {
  health: {},
  sourceHydrator: {},
  summary: {},
  sync: { comparedTo: { destination: {}, source: { repoURL: '' } }, status: '' },
};

/** Core kinds have no group here. Health is not listed: it is of the tree. */
export function resourceStatus(object: KubernetesObject, status: 'Synced' | 'OutOfSync') {
  const { namespace, name } = object.metadata;
  const { group, version } = groupVersionOf(object);
  return { ...(group ? { group } : {}), kind: object.kind, name, ...(namespace ? { namespace } : {}), status, version };
}

/** What an automated sync is asked for. */
export function requestedOperation({ spec }: Application, revision: string) {
  const { source, syncPolicy } = spec;
  const { retry, syncOptions } = syncPolicy ?? {};
  return {
    initiatedBy: { automated: true },
    retry: retry ?? {},
    sync: { prune: true, revision, source, ...(syncOptions ? { syncOptions } : {}) },
  };
}
export type RequestedOperation = ReturnType<typeof requestedOperation>;

export interface SyncOperation {
  requested: RequestedOperation;
  startedAt: string;
}

export const runningOperation = ({ requested, startedAt }: SyncOperation) => ({
  operation: requested,
  phase: 'Running',
  startedAt,
});

/** Here core kinds have an empty group. */
export function syncResult(
  { requested }: SyncOperation,
  objects: readonly KubernetesObject[],
  refused: ReadonlyMap<KubernetesObject, string>,
) {
  const { revision, source } = requested.sync;
  const resources = objects
    .filter((object) => refused.size === 0 || refused.has(object))
    .map((object) => {
      const { namespace = '', name } = object.metadata;
      const problem = refused.get(object);
      const images = imagesOf(object);
      return {
        ...groupVersionOf(object),
        kind: object.kind,
        name,
        namespace,
        ...(images.length > 0 ? { images } : {}),
        message: problem ?? `${object.kind.toLowerCase()}/${name} serverside-applied`,
        status: problem === undefined ? 'Synced' : 'SyncFailed',
        ...(problem === undefined ? { hookPhase: 'Running' } : {}),
        syncPhase: 'Sync',
      };
    });
  return { resources, revision, source };
}

function imagesOf(object: KubernetesObject): string[] {
  const spec = object['spec'] as { template?: { spec?: { containers?: { image: string }[] } } } | undefined;
  return spec?.template?.spec?.containers?.map(({ image }) => image) ?? [];
}

/** Appends a deployment to the history of an Application. */
export function historyWith(
  application: KubernetesObject | undefined,
  { requested, startedAt }: SyncOperation,
  deployedAt: string,
): object[] {
  const status = application?.['status'] as { history?: { id: number }[] } | undefined;
  const before = (status?.history ?? []).slice(1 - HISTORY_LENGTH);
  const id = (before.at(-1)?.id ?? -1) + 1;
  const { revision, source } = requested.sync;
  const entry = { deployStartedAt: startedAt, deployedAt, id, initiatedBy: { automated: true }, revision, source };
  return [...before, entry];
}
