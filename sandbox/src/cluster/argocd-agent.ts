// Argo CD's application controller. Its Applications change in Argo CD's order: it asks for an operation, says what it compared, syncs, and
// reports the new health only with the next comparison (argo-cd controller/sync.go and appcontroller.go). Held to recordings of the real
// one: test/contract/argocd.test.ts
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@delivery/telemetry/logger';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { metav1Time } from '../kubernetes/metav1-time.ts';
import { render } from '../kustomize/render.ts';
import { Application, REFRESH_ANNOTATION, type Source } from './application.ts';
import { FIRST_STATUS, requestedOperation, resourceStatus } from './application-status.ts';
import type { ConfigClone } from './config-clone.ts';
import { podImages, worstHealth } from './deployment-health.ts';
import type { KubernetesStore } from './kubernetes-store.ts';
import { runSync } from './sync-operation.ts';

export interface AgentDeps {
  store: KubernetesStore;
  cloneOf(url: string): Promise<Pick<ConfigClone, 'fetch' | 'readFile'>>;
  /** The interval between comparisons that nobody requested. Argo CD waits 120 s and up to 60 s of jitter. */
  pollMs: number;
  clock: () => Date;
  logger: Logger;
}

export interface ArgoCdAgent {
  close(): Promise<void>;
}

/** The objects that an Application's source describes. */
interface Desired {
  revision: string;
  objects: KubernetesObject[];
}

/** The revision cannot be fetched or rendered. */
interface ComparisonError {
  problem: string;
}

interface Status {
  sync?: { status: string };
  health?: { status?: string; lastTransitionTime?: string };
  conditions?: { type: string; message: string; lastTransitionTime?: string }[];
  operationState?: { phase: string; message?: string; operation?: { sync?: { revision?: string } } };
  resources?: object[];
}
const statusOf = (object: KubernetesObject): Status | undefined => object['status'] as Status | undefined;

/** Argo CD refreshes an application shortly after its operation; until then it shows the health of the old revision. */
const REFRESH_DELAY_MS = 400;
const WHY_NOT_LOADED =
  'Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ';

export function createArgoCdAgent({ store, cloneOf, pollMs, clock, logger }: AgentDeps): ArgoCdAgent {
  const queue = new Map<string, Promise<void>>();
  const waiting = new Set<string>();
  const closing = new AbortController();
  const now = (): string => metav1Time(clock());

  const current = (name: string): KubernetesObject | undefined =>
    store.list('Application').find(({ metadata }) => metadata.name === name);
  const patch = (name: string, change: object): void => {
    const object = current(name);
    if (object) store.patch('Application', object.metadata.namespace, name, change);
  };

  async function reconcile(name: string): Promise<void> {
    const object = current(name);
    if (!object) return;
    const application = Application.parse(object);
    const { source, syncPolicy } = application.spec;
    const reconciledAt = now();
    const desired = await readDesired(source);
    if ('problem' in desired) return reportProblem(name, application, desired.problem, reconciledAt);
    const { revision, objects } = desired;
    const compared = (): object => ({
      ...comparison(application, desired),
      conditions: null,
      reconciledAt,
      resourceHealthSource: 'appTree',
      sourceType: 'Kustomize',
    });
    const before = statusOf(object)?.operationState;
    const hasFailed = before?.phase === 'Failed' && before.operation?.sync?.revision === revision;
    if (objects.every(isLive) || !syncPolicy?.automated || hasFailed) {
      const failure = hasFailed ? { conditions: [syncError(object, revision, before.message ?? '')] } : {};
      patch(name, { ...refreshed, status: { ...compared(), ...live(object), ...failure } });
      return;
    }
    const requested = requestedOperation(application, revision);
    const first = statusOf(object) ? {} : FIRST_STATUS;
    patch(name, { operation: requested, status: { ...first, operationState: null } });
    patch(name, { ...refreshed, status: { ...compared(), ...live(object) } });
    const isDone = await runSync(requested, objects, {
      store,
      retry: syncPolicy.retry,
      patch: (change) => patch(name, change),
      current: () => current(name),
      compareAgain: () => patch(name, { status: { reconciledAt: now() } }),
      clock,
      signal: closing.signal,
    });
    if (closing.signal.aborted) return;
    const synced = current(name) ?? object;
    if (!isDone) {
      const message = statusOf(synced)?.operationState?.message ?? '';
      patch(name, { status: { conditions: [syncError(synced, revision, message)], reconciledAt: now() } });
      return;
    }
    await wait(REFRESH_DELAY_MS);
    patch(name, { status: { ...comparison(application, desired), ...live(current(name) ?? object) } });
    patch(name, { status: { reconciledAt: now() } });
  }

  const refreshed = { metadata: { annotations: { [REFRESH_ANNOTATION]: null } } };

  async function readDesired({ repoURL, targetRevision, path }: Source): Promise<Desired | ComparisonError> {
    try {
      const clone = await cloneOf(repoURL);
      const revision = await clone.fetch(targetRevision);
      return { revision, objects: await render(path, (file) => clone.readFile(revision, file)) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** What was deployed stays as it is, and so do its health and the last operation. */
  function reportProblem(name: string, { spec }: Application, problem: string, reconciledAt: string): void {
    const before = statusOf(current(name) ?? { apiVersion: '', kind: '', metadata: { name } });
    const message = `${WHY_NOT_LOADED}${problem}`;
    const same = before?.conditions?.find(
      (condition) => condition.type === 'ComparisonError' && condition.message === message,
    );
    const conditions = [same ?? { type: 'ComparisonError', message, lastTransitionTime: now() }];
    const sync = { status: 'Unknown', revision: spec.source.targetRevision, comparedTo: comparedTo(spec) };
    const resources = before?.resources?.map((resource) => ({ ...resource, status: 'Unknown', requiresPruning: true }));
    const status = { conditions, sync, reconciledAt, ...(resources ? { resources } : {}) };
    patch(name, { ...refreshed, status: { ...(before ? {} : FIRST_STATUS), ...status } });
  }

  function comparison({ metadata, spec }: Application, { revision, objects }: Desired): object {
    const isSynced = objects.every(isLive);
    return {
      controllerNamespace: metadata.namespace,
      sync: { status: isSynced ? 'Synced' : 'OutOfSync', revision, comparedTo: comparedTo(spec) },
      resources: objects.map((object) => resourceStatus(object, isLive(object) ? 'Synced' : 'OutOfSync')),
    };
  }

  function syncError(object: KubernetesObject, revision: string, message: string): object {
    const text = `Failed last sync attempt to [${revision}]: ${message}`;
    const same = statusOf(object)?.conditions?.find((condition) => condition.message === text);
    return same ?? { type: 'SyncError', message: text, lastTransitionTime: now() };
  }

  function isLive(desired: KubernetesObject): boolean {
    const found = store.get(desired.kind, desired.metadata.namespace, desired.metadata.name);
    return found !== undefined && JSON.stringify(found['spec']) === JSON.stringify(desired['spec']);
  }

  /** Health and images of what runs. Health has no message, and no message is ever sent. */
  function live(object: KubernetesObject): object {
    const { namespace } = Application.parse(object).spec.destination;
    const { status } = worstHealth(store.list('Deployment', namespace));
    const before = statusOf(object)?.health;
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now()) : now();
    const images = [...new Set(store.list('Pod', namespace).flatMap(podImages))].sort();
    return { health: { status, lastTransitionTime }, summary: { images: images.length > 0 ? images : null } };
  }

  /** Runs one reconcile at a time per application, and one more if it was requested meanwhile. */
  const enqueue = (name: string): void => {
    if (closing.signal.aborted || waiting.has(name)) return;
    waiting.add(name);
    const turn = async (before: Promise<void> | undefined): Promise<void> => {
      await before;
      waiting.delete(name);
      if (closing.signal.aborted) return;
      await reconcile(name).catch((error: unknown) =>
        logger.error({ err: error, application: name }, 'comparison failed'),
      );
    };
    queue.set(name, turn(queue.get(name)));
  };

  const unsubscribe = store.watch((kind, { type, object }) => {
    if (kind === 'Application' && (type === 'ADDED' || object.metadata.annotations?.[REFRESH_ANNOTATION]))
      enqueue(object.metadata.name);
    if (kind !== 'Deployment' && (kind !== 'Pod' || type === 'MODIFIED')) return;
    // When what runs changes, so does the health of its application, unless an operation is about to report it.
    for (const application of store.list('Application')) {
      const isSynced = statusOf(application)?.sync?.status === 'Synced';
      if (isSynced && Application.parse(application).spec.destination.namespace === object.metadata.namespace)
        patch(application.metadata.name, { status: live(application) });
    }
  });
  const poll = setInterval(() => store.list('Application').forEach(({ metadata }) => enqueue(metadata.name)), pollMs);

  return {
    async close() {
      closing.abort();
      clearInterval(poll);
      unsubscribe();
      await Promise.all(queue.values());
    },
  };
}

const comparedTo = ({ source, destination, ignoreDifferences }: Application['spec']): object => ({
  source,
  destination,
  ...(ignoreDifferences ? { ignoreDifferences } : {}),
});
