// Argo CD on Kubernetes alone: `npm run start:cluster -w sandbox`.
import { createLogger } from '@delivery/telemetry/logger';
import { stopOnSignal } from '@delivery/telemetry/service';
import { ENVIRONMENTS, processEnvironment, readConfig } from './assemble/config.ts';
import { loadKeys } from './assemble/keys.ts';
import { startCluster } from './assemble/start-cluster.ts';
import { say } from './commands/terminal.ts';
import { freePort } from './http/listen.ts';

const { dataDirectory, ports, githubUrl, registryUrl } = readConfig();
const { kubernetesToken } = await loadKeys(dataDirectory);
const logger = createLogger({ service: 'cluster' });
const todoPorts = Object.fromEntries(
  await Promise.all(ENVIRONMENTS.map(async (name) => [name, ports[name] ?? (await freePort())] as const)),
);
const { url, kubeconfig, close } = await startCluster({
  dataDirectory,
  environment: processEnvironment,
  token: kubernetesToken,
  port: ports.kubernetes ?? 0,
  githubUrl,
  registryUrl,
  ports: todoPorts,
  logger,
});
say(`Kubernetes: ${url} (kubectl --kubeconfig ${kubeconfig} get applications -n argocd)`);
for (const [name, port] of Object.entries(todoPorts)) say(`todo in ${name}: http://127.0.0.1:${port}`);
stopOnSignal({ logger, deadlineMs: 60_000, steps: [close] });
