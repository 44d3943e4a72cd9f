// Argo CD's application controller. Its status changes in Argo CD's order: it compares, syncs, and reports the new health only
// with the next comparison (argo-cd controller/sync.go and appcontroller.go).
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@delivery/telemetry/logger';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { metav1Time } from '../kubernetes/metav1-time.ts';
import { render } from '../kustomize/render.ts';
import { Application, REFRESH_ANNOTATION } from './application.ts';
import {
  historyWith,
  resourceStatus,
  runningOperation,
  type Source,
  succeededOperation,
} from './application-status.ts';
import type { ConfigClone } from './config-clone.ts';
import { deploymentImages, worstHealth } from './deployment-health.ts';
import type { KubernetesStore } from './kubernetes-store.ts';

export interface AgentDeps {
  store: KubernetesStore;
  cloneOf(url: string): Promise<ConfigClone>;
  /** Lists the images of the pods that run in a namespace. */
  liveImages(namespace: string): string[];
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
  revision: string | undefined;
  problem: string;
}

/** Argo CD refreshes an application shortly after its operation; until then it shows the health of the old revision. */
const REFRESH_DELAY_MS = 400;

export function createArgoCdAgent({ store, cloneOf, liveImages, pollMs, clock, logger }: AgentDeps): ArgoCdAgent {
  const queue = new Map<string, Promise<void>>();
  const waiting = new Set<string>();
  let closed = false;
  const now = (): string => metav1Time(clock());

  const current = (name: string): KubernetesObject | undefined =>
    store.list('Application').find(({ metadata }) => metadata.name === name);
  const patch = (object: KubernetesObject, change: object): void =>
    void store.patch('Application', object.metadata.namespace, object.metadata.name, change);

  async function reconcile(name: string): Promise<void> {
    const object = current(name);
    if (!object) return;
    const { spec } = Application.parse(object);
    const { source, destination } = spec;
    const comparedTo = { source, destination };
    const controllerNamespace = object.metadata.namespace;
    const desired = await readDesired(source);
    if ('problem' in desired) {
      const conditions = [{ type: 'ComparisonError', message: desired.problem, lastTransitionTime: now() }];
      const sync = { status: 'Unknown', revision: desired.revision ?? null, comparedTo };
      patch(object, { status: { controllerNamespace, conditions, sync, reconciledAt: now() } });
      clearRefresh(name);
      return;
    }
    const { revision } = desired;
    const synced = {
      sync: { status: 'Synced', revision, comparedTo },
      resources: desired.objects.map(resourceStatus),
    };
    if (desired.objects.every(isLive)) {
      refreshHealth(name, { controllerNamespace, ...synced, conditions: null, reconciledAt: now() });
      clearRefresh(name);
      return;
    }
    const sync = { status: 'OutOfSync', revision, comparedTo };
    const reconciled = { conditions: null, reconciledAt: now(), sourceType: 'Kustomize' };
    patch(object, { status: { controllerNamespace, sync, ...reconciled } });
    clearRefresh(name);
    if (!spec.syncPolicy?.automated) return;
    apply(object, source, desired);
    await wait(REFRESH_DELAY_MS);
    refreshHealth(name, { ...synced, reconciledAt: now() });
  }

  async function readDesired({ repoURL, targetRevision, path }: Source): Promise<Desired | ComparisonError> {
    let revision: string | undefined;
    try {
      const clone = await cloneOf(repoURL);
      const commit = (revision = await clone.fetch(targetRevision));
      return { revision, objects: await render(path, (file) => clone.readFile(commit, file)) };
    } catch (error) {
      return { revision, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Runs the sync operation. Its phase goes from Running to Succeeded while the health is still the old revision's. */
  function apply(object: KubernetesObject, source: Source, { revision, objects }: Desired): void {
    const operation = { revision, startedAt: now() };
    patch(object, { status: { operationState: runningOperation(operation) } });
    for (const desired of objects) store.apply(desired);
    patch(object, { status: { history: historyWith(current(object.metadata.name), operation, now(), source) } });
    patch(object, { status: { operationState: succeededOperation(operation, now(), source, objects) } });
  }

  const clearRefresh = (name: string): void => {
    const object = current(name);
    if (object?.metadata.annotations?.[REFRESH_ANNOTATION])
      patch(object, { metadata: { annotations: { [REFRESH_ANNOTATION]: null } } });
  };

  function isLive(desired: KubernetesObject): boolean {
    const live = store.get(desired.kind, desired.metadata.namespace, desired.metadata.name);
    return live !== undefined && JSON.stringify(live['spec']) === JSON.stringify(desired['spec']);
  }

  function refreshHealth(name: string, change: object): void {
    const object = current(name);
    if (!object) return;
    const status = object['status'] as { health?: { status: string; lastTransitionTime?: string } } | undefined;
    const { namespace } = Application.parse(object).spec.destination;
    const deployments = store.list('Deployment', namespace);
    const health = worstHealth(deployments);
    const changed = status?.health?.status !== health.status;
    const lastTransitionTime = changed ? now() : (status?.health?.lastTransitionTime ?? now());
    const images = [...new Set([...liveImages(namespace), ...deployments.flatMap(deploymentImages)])].sort();
    patch(object, {
      status: {
        ...change,
        health: { ...health, message: health.message ?? null, lastTransitionTime },
        summary: { images },
      },
    });
  }

  /** Runs one reconcile at a time per application, and one more if it was requested meanwhile. */
  const enqueue = (name: string): void => {
    if (closed || waiting.has(name)) return;
    waiting.add(name);
    const turn = async (before: Promise<void> | undefined): Promise<void> => {
      await before;
      waiting.delete(name);
      if (closed) return;
      await reconcile(name).catch((error: unknown) =>
        logger.error({ err: error, application: name }, 'comparison failed'),
      );
    };
    queue.set(name, turn(queue.get(name)));
  };

  const unsubscribe = store.watch((kind, { type, object }) => {
    if (kind === 'Application' && (type === 'ADDED' || object.metadata.annotations?.[REFRESH_ANNOTATION]))
      enqueue(object.metadata.name);
    if (kind !== 'Deployment') return;
    // When a Deployment changes, so does the health of its application, unless an operation is about to report it.
    for (const application of store.list('Application')) {
      const isSynced = (application['status'] as { sync?: { status: string } } | undefined)?.sync?.status === 'Synced';
      if (isSynced && Application.parse(application).spec.destination.namespace === object.metadata.namespace)
        refreshHealth(application.metadata.name, {});
    }
  });
  const poll = setInterval(() => store.list('Application').forEach(({ metadata }) => enqueue(metadata.name)), pollMs);

  return {
    async close() {
      closed = true;
      clearInterval(poll);
      unsubscribe();
      await Promise.all(queue.values());
    },
  };
}
