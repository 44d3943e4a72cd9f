import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@delivery/telemetry/logger';
import { type Cluster, createCluster } from '../cluster/cluster.ts';
import { listen } from '../http/listen.ts';
import { clusterSettings, type ClusterStart } from './cluster-settings.ts';

export interface RunningCluster {
  cluster: Cluster;
  url: string;
  /** Path of the kubeconfig for kubectl and the promoter. */
  kubeconfig: string;
  close(): Promise<void>;
}

/** @param start `port` is the port of the Kubernetes API; 0 picks a free one. */
export async function startCluster(start: ClusterStart & { port: number; logger: Logger }): Promise<RunningCluster> {
  const { dataDirectory, token, port, logger } = start;
  const cluster = await createCluster({ ...(await clusterSettings(start)), logger });
  const server = await listen('Kubernetes', (request) => cluster.api.fetch(request), port);
  const kubeconfig = path.join(dataDirectory, 'kubeconfig.json');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(server.url, token)), { mode: 0o600 });
  return {
    cluster,
    url: server.url,
    kubeconfig,
    async close() {
      await cluster.close();
      await server.close();
    },
  };
}

function kubeconfigFor(server: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } }],
    'current-context': 'sandbox',
  };
}
