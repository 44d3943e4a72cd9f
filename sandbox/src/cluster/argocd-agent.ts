// Argo CD's application controller, in its order: compare, sync, and only with the next comparison tell the new health.
// Order of status flips: argo-cd controller/sync.go and appcontroller.go; times have seconds, as metav1.Time.
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@delivery/telemetry/logger';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { metav1Time } from '../kubernetes/metav1-time.ts';
import { render } from '../kustomize/render.ts';
import { Application, REFRESH_ANNOTATION } from './application.ts';
import type { ConfigClone } from './config-clone.ts';
import { deploymentHealth, type DeploymentStatus, type Health } from './deployment.ts';
import type { KubernetesStore } from './kubernetes-store.ts';

export interface AgentDeps {
  store: KubernetesStore;
  cloneOf(url: string): Promise<ConfigClone>;
  liveImages(namespace: string): string[];
  /** Between two comparisons that nobody asked for. Argo CD: 120 s and up to 60 s of jitter. */
  pollMs: number;
  clock: () => Date;
  logger: Logger;
}

export interface ArgoCdAgent {
  close(): Promise<void>;
}

/** Argo CD refreshes an application shortly after its operation, not with it: until then its health is the old revision's. */
const REFRESH_DELAY_MS = 400;

export function createArgoCdAgent({ store, cloneOf, liveImages, pollMs, clock, logger }: AgentDeps): ArgoCdAgent {
  const queue = new Map<string, Promise<void>>();
  const waiting = new Set<string>();
  let closed = false;
  const now = (): string => metav1Time(clock());

  const current = (name: string): KubernetesObject | undefined =>
    store.list('Application').find(({ metadata }) => metadata.name === name);
  const patch = (object: KubernetesObject, change: object): void =>
    void store.patch('Application', object.metadata.namespace ?? '', object.metadata.name, change);

  async function compareAndSync(name: string): Promise<void> {
    const object = current(name);
    if (!object) return;
    const { spec } = Application.parse(object);
    const { source, destination } = spec;
    const comparedTo = { source, destination };
    const controllerName = { controllerNamespace: object.metadata.namespace };
    let revision = '';
    let desired: KubernetesObject[];
    try {
      const clone = await cloneOf(source.repoURL);
      revision = await clone.fetch(source.targetRevision);
      desired = await render(source.path, (file) => clone.readFile(revision, file));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const conditions = [{ type: 'ComparisonError', message, lastTransitionTime: now() }];
      patch(object, {
        status: {
          ...controllerName,
          conditions,
          sync: { status: 'Unknown', revision, comparedTo },
          reconciledAt: now(),
        },
      });
      clearRefresh(name);
      return;
    }
    const resources = desired.map((resource) => describeResource(resource));
    if (desired.every((resource) => isLive(resource))) {
      refreshHealth(name, {
        ...controllerName,
        sync: { status: 'Synced', revision, comparedTo },
        resources,
        conditions: null,
        reconciledAt: now(),
      });
      clearRefresh(name);
      return;
    }
    const outOfSync = { status: 'OutOfSync', revision, comparedTo };
    patch(object, {
      status: { ...controllerName, sync: outOfSync, conditions: null, reconciledAt: now(), sourceType: 'Kustomize' },
    });
    clearRefresh(name);
    if (!spec.syncPolicy?.automated) return;

    const startedAt = now();
    const operation = { sync: { revision, prune: true }, initiatedBy: { automated: true }, retry: {} };
    patch(object, {
      status: {
        operationState: {
          operation,
          phase: 'Running',
          startedAt,
          finishedAt: null,
          message: 'waiting for completion',
          syncResult: null,
        },
      },
    });
    for (const resource of desired) store.apply(resource);
    const history = ((current(name)?.['status'] as { history?: { id: number }[] } | undefined)?.history ?? []).slice(
      -9,
    );
    const id = (history.at(-1)?.id ?? -1) + 1;
    patch(object, {
      status: {
        history: [
          ...history,
          { id, revision, source, deployStartedAt: startedAt, deployedAt: now(), initiatedBy: { automated: true } },
        ],
      },
    });
    const results = desired.map((resource) => ({
      ...describeResource(resource),
      status: 'Synced',
      syncPhase: 'Sync',
      message: 'configured',
      hookPhase: 'Running',
    }));
    const syncResult = { revision, source, resources: results };
    const finished = {
      operation,
      phase: 'Succeeded',
      startedAt,
      finishedAt: now(),
      message: 'successfully synced (all tasks run)',
      syncResult,
    };
    patch(object, { status: { operationState: finished } });
    await wait(REFRESH_DELAY_MS);
    refreshHealth(name, { sync: { status: 'Synced', revision, comparedTo }, resources, reconciledAt: now() });
  }

  const clearRefresh = (name: string): void => {
    const object = current(name);
    if (object?.metadata.annotations?.[REFRESH_ANNOTATION])
      patch(object, { metadata: { annotations: { [REFRESH_ANNOTATION]: null } } });
  };

  function describeResource({ apiVersion, kind, metadata }: KubernetesObject) {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    return {
      group,
      version,
      kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      status: 'Synced',
    };
  }

  function isLive(desired: KubernetesObject): boolean {
    const live = store.get(desired.kind, desired.metadata.namespace ?? '', desired.metadata.name);
    return live !== undefined && JSON.stringify(live['spec']) === JSON.stringify(desired['spec']);
  }

  function refreshHealth(name: string, change: object): void {
    const object = current(name);
    if (!object) return;
    const status = object['status'] as { health?: { status: string; lastTransitionTime?: string } } | undefined;
    const { namespace } = Application.parse(object).spec.destination;
    const health = healthOf(namespace);
    const changed = status?.health?.status !== health.status;
    const lastTransitionTime = changed ? now() : (status?.health?.lastTransitionTime ?? now());
    const images = [...new Set([...liveImages(namespace), ...desiredImages(namespace)])].sort();
    patch(object, {
      status: {
        ...change,
        health: { ...health, message: health.message ?? null, lastTransitionTime },
        summary: { images },
      },
    });
  }

  function desiredImages(namespace: string): string[] {
    return store.list('Deployment', namespace).flatMap((deployment) => {
      const spec = deployment['spec'] as { template: { spec: { containers: { image: string }[] } } };
      return spec.template.spec.containers.map(({ image }) => image);
    });
  }

  function healthOf(namespace: string): Health {
    const deployments = store.list('Deployment', namespace);
    if (deployments.length === 0) return { status: 'Missing' };
    const order = ['Healthy', 'Progressing', 'Missing', 'Degraded'];
    return deployments
      .map((deployment) => {
        const { replicas = 1 } = deployment['spec'] as { replicas?: number };
        return deploymentHealth(
          Number(deployment.metadata['generation']),
          replicas,
          deployment['status'] as DeploymentStatus | undefined,
        );
      })
      .reduce((worst, health) => (order.indexOf(health.status) > order.indexOf(worst.status) ? health : worst));
  }

  /** One reconcile at a time per application; asked again meanwhile, it runs once more. */
  const enqueue = (name: string): void => {
    if (closed || waiting.has(name)) return;
    waiting.add(name);
    const turn = async (before: Promise<void> | undefined): Promise<void> => {
      await before;
      waiting.delete(name);
      if (closed) return;
      await compareAndSync(name).catch((error: unknown) =>
        logger.error({ err: error, application: name }, 'comparison failed'),
      );
    };
    queue.set(name, turn(queue.get(name)));
  };

  const unsubscribe = store.watch((kind, { type, object }) => {
    if (kind === 'Application' && (type === 'ADDED' || object.metadata.annotations?.[REFRESH_ANNOTATION]))
      enqueue(object.metadata.name);
    if (kind !== 'Deployment') return;
    // A Deployment changed by itself: health follows, unless an operation is about to tell.
    for (const application of store.list('Application')) {
      const synced = (application['status'] as { sync?: { status: string } } | undefined)?.sync?.status === 'Synced';
      if (synced && Application.parse(application).spec.destination.namespace === object.metadata.namespace) {
        refreshHealth(application.metadata.name, {});
      }
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
