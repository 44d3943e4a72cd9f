// Settings of the cluster stand-in: the Applications of gitops-config/, and where their sources and images are fetched from.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { expandApplicationSet } from '../cluster/application-set.ts';
import type { ClusterSettings } from '../cluster/cluster.ts';
import { type Environment, ENVIRONMENTS, REPOSITORY_ROOT } from './config.ts';

/** Argo CD's default. Promotions do not wait for it, because the promoter sets the refresh annotation. */
const ARGOCD_POLL_MS = 120_000;

export interface ClusterStart {
  /** The data folder of the sandbox. */
  dataDirectory: string;
  /** The environment that git and the pods inherit. */
  environment: Environment;
  token: string;
  /** Undefined means github.com. */
  githubUrl: string | undefined;
  /** Undefined means ghcr.io. */
  registryUrl: string | undefined;
  /** The port of todo in each environment. */
  ports: Record<string, number>;
  withApplications?: boolean;
  /** Variables that cluster operators would set for every pod: where to send telemetry and reports. */
  podEnvironment?: Record<string, string>;
}

export async function clusterSettings(start: ClusterStart): Promise<Omit<ClusterSettings, 'logger'>> {
  const { dataDirectory, environment, token, githubUrl, registryUrl, ports } = start;
  return {
    dataDirectory: path.join(dataDirectory, 'cluster'),
    environment,
    token,
    applications: start.withApplications === false ? [] : await serviceApplications(await checkedOutFolders()),
    gitMirrors: githubUrl ? { 'https://github.com/': `${githubUrl}/` } : {},
    registryMirrors: registryUrl ? { 'ghcr.io': registryUrl } : {},
    packagesDirectory: path.join(REPOSITORY_ROOT, 'node_modules'),
    ports: Object.fromEntries(
      ENVIRONMENTS.flatMap((name) => (ports[name] === undefined ? [] : [[`todo-${name}`, ports[name]]])),
    ),
    pollMs: ARGOCD_POLL_MS,
    // By default there is no Alloy, and there never is a load balancer that has to notice that a pod stops.
    podEnvironment: { OTEL_EXPORTER_OTLP_ENDPOINT: '', DRAIN_SECONDS: '0', ...start.podEnvironment },
  };
}

const CONFIG_FOLDER = path.join(REPOSITORY_ROOT, 'gitops-config');

async function checkedOutFolders(): Promise<string[]> {
  const entries = await readdir(CONFIG_FOLDER, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.relative(CONFIG_FOLDER, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

/** @param folders of the config repository. @returns the Applications that argocd/services.yaml makes of them. */
export async function serviceApplications(folders: readonly string[]): Promise<object[]> {
  const set: unknown = parse(await readFile(path.join(CONFIG_FOLDER, 'argocd/services.yaml'), 'utf8'));
  return expandApplicationSet(set, folders);
}
