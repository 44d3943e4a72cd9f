// Argo CD on Kubernetes alone: `npm run start:cluster -w sandbox`.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { stopOnSignal } from '@delivery/telemetry/service';
import { loadKeys } from './assemble/keys.ts';
import { freePort, listen } from './http/listen.ts';
import { ENVIRONMENTS, parseSettings } from './assemble/config.ts';
import { say } from './commands/terminal.ts';
import { clusterSettings, kubeconfigFor } from './assemble/cluster-settings.ts';
import { createCluster } from './cluster/cluster.ts';

const { dataDirectory, ports } = parseSettings(process.env);
const keys = await loadKeys(dataDirectory);
const logger = createLogger({ service: 'cluster' });
const todoPorts = Object.fromEntries(
  await Promise.all(ENVIRONMENTS.map(async (name) => [name, ports[name] ?? (await freePort())] as const)),
);
const cluster = await createCluster({
  ...(await clusterSettings({
    dataDirectory: path.join(dataDirectory, 'cluster'),
    token: keys.kubernetesToken,
    githubUrl: process.env['GITHUB_URL'],
    registryUrl: process.env['REGISTRY_URL'],
    ports: todoPorts,
  })),
  logger,
});
const server = await listen('Kubernetes', (request) => cluster.api.fetch(request), ports.kubernetes ?? 0);
const kubeconfig = path.join(dataDirectory, 'kubeconfig.json');
await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(server.url, keys.kubernetesToken)), { mode: 0o600 });
say(`Kubernetes: ${server.url} (kubectl --kubeconfig ${kubeconfig} get applications -n argocd)`);
for (const [name, port] of Object.entries(todoPorts)) say(`todo in ${name}: http://127.0.0.1:${port}`);
stopOnSignal({ logger, deadlineMs: 60_000, steps: [() => cluster.close(), () => server.close()] });
