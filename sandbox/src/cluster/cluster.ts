// Kubernetes with Argo CD, as far as this project uses them: the API, the agent, and the processes they run.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@delivery/telemetry/logger';
import type { Hono } from 'hono';
import { freePort } from '../http/listen.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { refuseUnsupported } from './application.ts';
import { createArgoCdAgent } from './argocd-agent.ts';
import { cloneRepository, type ConfigClone } from './config-clone.ts';
import { createDeploymentController } from './deployment-controller.ts';
import { createKubernetesApi } from './kubernetes-api.ts';
import { createKubernetesStore, type KubernetesStore } from './kubernetes-store.ts';
import { createImagePuller } from './pull-image.ts';

export interface ClusterSettings {
  dataDirectory: string;
  /** The environment that git inherits, and whose PATH pods inherit. */
  environment: Record<string, string | undefined>;
  /** The bearer token of the API. */
  token: string;
  /** Application manifests. */
  applications: readonly object[];
  gitMirrors: Record<string, string>;
  registryMirrors: Record<string, string>;
  packagesDirectory: string;
  ports: Record<string, number>;
  pollMs: number;
  /** Variables that the cluster sets for every pod. */
  podEnvironment: Record<string, string>;
  clock?: () => Date;
  logger: Logger;
}

export interface Cluster {
  api: Hono;
  store: KubernetesStore;
  /** Creates those Applications that do not exist; the ApplicationSet's policy deletes none. */
  generate(applications: readonly object[]): void;
  close(): Promise<void>;
}

export async function createCluster(settings: ClusterSettings): Promise<Cluster> {
  const clock = settings.clock ?? (() => new Date());
  const { environment, logger } = settings;
  const imagesDirectory = path.join(settings.dataDirectory, 'images');
  await mkdir(imagesDirectory, { recursive: true });
  const store = createKubernetesStore(clock);
  const ports = new Map<string, Promise<number>>();
  const clones = new Map<string, Promise<ConfigClone>>();
  const cloneOf = (url: string): Promise<ConfigClone> => {
    const folder = createHash('sha256').update(url).digest('hex').slice(0, 16);
    const directory = path.join(settings.dataDirectory, 'clones', folder);
    const clone = clones.get(url) ?? cloneRepository(url, { directory, environment }, settings.gitMirrors);
    clones.set(url, clone);
    clone.catch(() => clones.delete(url));
    return clone;
  };
  const deployments = createDeploymentController({
    store,
    puller: createImagePuller({
      directory: imagesDirectory,
      mirrors: settings.registryMirrors,
      packagesDirectory: settings.packagesDirectory,
    }),
    directory: path.join(settings.dataDirectory, 'pods'),
    imagesDirectory,
    hostPath: environment['PATH'],
    podEnvironment: settings.podEnvironment,
    portOf(namespace) {
      const port = ports.get(namespace) ?? Promise.resolve(settings.ports[namespace] ?? freePort());
      ports.set(namespace, port);
      return port;
    },
    clock,
    logger,
  });
  const agent = createArgoCdAgent({
    store,
    cloneOf,
    pollMs: settings.pollMs,
    clock,
    logger,
  });
  const generate: Cluster['generate'] = (applications) => {
    for (const manifest of applications as readonly KubernetesObject[]) {
      const { namespace = '', name } = manifest.metadata;
      if (store.get('Application', namespace, name)) continue;
      refuseUnsupported(manifest);
      store.apply(manifest);
    }
  };
  for (const manifest of settings.applications) {
    refuseUnsupported(manifest);
    store.apply(manifest as KubernetesObject);
  }
  return {
    api: createKubernetesApi(store, settings.token),
    store,
    generate,
    async close() {
      await agent.close();
      await deployments.close();
      for (const clone of clones.values()) (await clone.catch(() => undefined))?.close();
    },
  };
}
