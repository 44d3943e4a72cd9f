// The Applications of gitops-config/ and where their sources really are, as every start of the cluster stand-in has them.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { expandApplicationSet } from '../cluster/application-set.ts';
import type { ClusterSettings } from '../cluster/cluster.ts';
import { ENVIRONMENTS, REPOSITORY_ROOT } from './config.ts';

/** Argo CD's own default; the refresh annotation is what makes it quick. */
const ARGOCD_POLL_MS = 120_000;

export interface ClusterStart {
  dataDirectory: string;
  token: string;
  /** Undefined: the real github.com. */
  githubUrl: string | undefined;
  /** Undefined: the real ghcr.io. */
  registryUrl: string | undefined;
  /** By environment. */
  ports: Record<string, number>;
  withApplications?: boolean;
  /** What the cluster gives every pod, as its operators would: where to send telemetry and reports. */
  podEnvironment?: Record<string, string>;
}

export async function clusterSettings(start: ClusterStart): Promise<Omit<ClusterSettings, 'logger'>> {
  const { dataDirectory, token, githubUrl, registryUrl, ports } = start;
  return {
    dataDirectory,
    token,
    applications: start.withApplications === false ? [] : await serviceApplications(),
    gitMirrors: githubUrl ? { 'https://github.com/': `${githubUrl}/` } : {},
    registryMirrors: registryUrl ? { 'ghcr.io': registryUrl } : {},
    packagesDirectory: path.join(REPOSITORY_ROOT, 'node_modules'),
    ports: Object.fromEntries(
      ENVIRONMENTS.flatMap((name) => (ports[name] === undefined ? [] : [[`todo-${name}`, ports[name]]])),
    ),
    pollMs: ARGOCD_POLL_MS,
    // No Alloy here, and no load balancer that would send on to a pod that stops.
    podEnvironment: { OTEL_EXPORTER_OTLP_ENDPOINT: '', DRAIN_SECONDS: '0', ...start.podEnvironment },
  };
}

async function serviceApplications(): Promise<object[]> {
  const root = path.join(REPOSITORY_ROOT, 'gitops-config');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  const set: unknown = parse(await readFile(path.join(root, 'argocd/services.yaml'), 'utf8'));
  return expandApplicationSet(set, folders);
}

export function kubeconfigFor(server: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } }],
    'current-context': 'sandbox',
  };
}
