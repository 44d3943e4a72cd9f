// Runs each Deployment as one process, under `strategy: Recreate`: the old process ends before the new one starts.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@delivery/telemetry/logger';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { metav1Time } from '../kubernetes/metav1-time.ts';
import { Deployment } from './deployment.ts';
import {
  type Condition,
  deploymentStatus,
  type DeploymentStatus,
  type Observed,
  withoutZeros,
} from './deployment-status.ts';
import type { KubernetesStore } from './kubernetes-store.ts';
import { type Pod, reapPod, startPod } from './pod.ts';
import type { ImagePuller } from './pull-image.ts';

export interface DeploymentControllerDeps {
  store: KubernetesStore;
  puller: ImagePuller;
  directory: string;
  imagesDirectory: string;
  /** The PATH of a pod whose image sets none. */
  hostPath: string | undefined;
  podEnvironment: Record<string, string>;
  /** The port of a namespace's Deployment, which a Service and an Ingress would otherwise provide. */
  portOf(namespace: string): Promise<number>;
  clock: () => Date;
  logger: Logger;
}

export interface DeploymentController {
  close(): Promise<void>;
}

interface Running {
  generation: number;
  pod: Pod | undefined;
  /** Ends the loop that keeps this generation running. */
  abort: AbortController;
  done: Promise<void>;
}

const PROBE_INTERVAL_MS = 200;
const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 10_000;

export function createDeploymentController(deps: DeploymentControllerDeps): DeploymentController {
  const { store, puller, clock, logger } = deps;
  const running = new Map<string, Running>();
  let closing = false;
  const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;
  const now = (): string => metav1Time(clock());

  const report = (deployment: Deployment, isReady: boolean, progress: Observed['progress']): void => {
    const { namespace, name, generation } = deployment.metadata;
    const before = store.get('Deployment', namespace, name)?.['status'] as DeploymentStatus | undefined;
    const status = deploymentStatus(before, { generation, isReady, progress, at: now() });
    store.patch('Deployment', namespace, name, { status: withoutZeros(status) });
  };

  /** Keeps one generation running until it is aborted: starts it, waits for readiness, restarts it when it exits. */
  async function keepRunning(deployment: Deployment, self: Running): Promise<void> {
    const { namespace, name } = deployment.metadata;
    const { progressDeadlineSeconds, template } = deployment.spec;
    const [container] = template.spec.containers;
    const directory = path.join(deps.directory, namespace);
    const deadline = clock().getTime() + progressDeadlineSeconds * 1000;
    let restartMs = FIRST_RESTART_MS;
    let wasReady = false;
    await reapPod(directory, deps.imagesDirectory);
    const progress = (problem: string): Observed['progress'] => {
      if (wasReady) return { reason: 'NewReplicaSetAvailable', message: `${name} has successfully progressed.` };
      if (clock().getTime() > deadline)
        return { reason: 'ProgressDeadlineExceeded', message: `${name} has timed out progressing: ${problem}` };
      return { reason: 'ReplicaSetUpdated', message: `${name} is progressing: ${problem}` };
    };

    while (!self.abort.signal.aborted) {
      let problem = 'starting';
      report(deployment, false, progress(problem));
      try {
        const image = await puller.pull(container.image);
        const settings = {
          container,
          image,
          port: await deps.portOf(namespace),
          directory,
          hostPath: deps.hostPath,
          environment: deps.podEnvironment,
          graceMs: template.spec.terminationGracePeriodSeconds * 1000,
        };
        const podName = createPodObject(deployment);
        self.pod = await startPod(settings);
        let ready = false;
        while (self.pod.exitCode() === undefined && !self.abort.signal.aborted) {
          const isReady = await self.pod.isReady();
          if (isReady !== ready || !isReady) {
            wasReady ||= isReady;
            ready = isReady;
            report(deployment, isReady, progress('not ready'));
            reportPod(namespace, podName, isReady);
          }
          await wait(PROBE_INTERVAL_MS);
        }
        problem = `exited with ${self.pod.exitCode() ?? 'no code'}`;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        logger.debug({ namespace, name, problem }, 'container not started');
      }
      if (self.abort.signal.aborted) break;
      report(deployment, false, progress(problem));
      await wait(restartMs, undefined, { signal: self.abort.signal }).catch(() => undefined);
      restartMs = Math.min(restartMs * 2, LAST_RESTART_MS);
    }
    await self.pod?.stop();
    self.pod = undefined;
    removePods(deployment);
  }

  /** Creates the object that `kubectl get pods` shows. @returns its name. */
  function createPodObject(deployment: Deployment): string {
    const { namespace, name } = deployment.metadata;
    const { template } = deployment.spec;
    removePods(deployment);
    const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
    const podName = `${name}-${hash}-${randomBytes(3).toString('hex').slice(0, 5)}`;
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash}`, uid: randomUUID() };
    store.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace,
        name: podName,
        labels: { ...template.metadata.labels, 'pod-template-hash': hash },
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      },
      spec: { containers: template.spec.containers.map(({ name: container, image }) => ({ name: container, image })) },
      status: { phase: 'Pending', conditions: [] },
    });
    return podName;
  }

  function reportPod(namespace: string, name: string, isReady: boolean): void {
    const existing = store.get('Pod', namespace, name)?.['status'] as { conditions: Condition[] } | undefined;
    const status = isReady ? 'True' : 'False';
    if (existing?.conditions[0]?.status === status) return;
    const ready = { type: 'Ready', status, lastProbeTime: null, lastTransitionTime: now() };
    store.patch('Pod', namespace, name, { status: { phase: 'Running', conditions: [ready] } });
  }

  function removePods({ metadata: { namespace, name } }: Deployment): void {
    for (const { metadata } of store.list('Pod', namespace))
      if (metadata.name.startsWith(`${name}-`)) store.delete('Pod', namespace, metadata.name);
  }

  const reconcile = (object: KubernetesObject): void => {
    const deployment = Deployment.parse(object);
    const key = keyOf(deployment.metadata.namespace, deployment.metadata.name);
    const before = running.get(key);
    if (closing || before?.generation === deployment.metadata.generation) return;
    before?.abort.abort();
    const next: Running = {
      generation: deployment.metadata.generation,
      pod: undefined,
      abort: new AbortController(),
      done: Promise.resolve(),
    };
    running.set(key, next);
    next.done = (before?.done ?? Promise.resolve())
      .then(() => keepRunning(deployment, next))
      .catch((error: unknown) => {
        logger.error({ err: error, deployment: key }, 'deployment controller failed');
      });
  };

  const unsubscribe = store.watch((kind, event) => {
    if (kind === 'Deployment' && event.type !== 'DELETED') reconcile(event.object);
  });

  return {
    async close() {
      closing = true;
      unsubscribe();
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
