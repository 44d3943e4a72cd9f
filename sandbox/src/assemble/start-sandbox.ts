// The whole pipeline on one machine: three stand-ins that speak the real protocols, and the shipped promoter between them.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OtlpReceiver } from '@delivery/otlp-receiver';
import { createLogger } from '@delivery/telemetry/logger';
import type { Cluster } from '../cluster/cluster.ts';
import type { GitHub } from '../github/github.ts';
import { LOOPBACK } from '../http/listen.ts';
import { choosePorts } from './choose-ports.ts';
import { startTelemetry } from './collector.ts';
import {
  type Environment,
  type EnvironmentName,
  ENVIRONMENTS,
  type PortName,
  processEnvironment,
  type SandboxSettings,
} from './config.ts';
import { type ObservabilityStack, scrapeTargets } from './find-observability.ts';
import { CONFIG_REPOSITORY, type Service } from './github-settings.ts';
import { fullName, type Repository } from '../github/world.ts';
import { overlayFolders } from './overlay-folders.ts';
import { serviceApplications } from './cluster-settings.ts';
import { loadKeys } from './keys.ts';
import { createPromoterProcess, type PromoterProcess } from './promoter-process.ts';
import { promoterVariables } from './promoter-settings.ts';
import { startCluster } from './start-cluster.ts';
import { startGitHub } from './start-github.ts';
import { startRegistry } from './start-registry.ts';

export interface SandboxUrls {
  github: string;
  registry: string;
  kubernetes: string;
  board: string;
  todo: Record<EnvironmentName, string>;
}

export interface Sandbox {
  urls: SandboxUrls;
  github: GitHub;
  cluster: Cluster;
  promoter: PromoterProcess;
  /** Holds the spans of the promoter and the services; undefined when they export elsewhere or not at all. */
  collector: OtlpReceiver | undefined;
  logDirectory: string;
  close(): Promise<void>;
}

export interface SandboxOptions extends SandboxSettings {
  /** What git, the promoter and the services inherit; by default the environment of this process. */
  environment?: Environment;
  /** OTEL_* variables for the promoter and the pods. By default they export to the sandbox's collector, which forwards. */
  telemetry?: Record<string, string>;
  /** Where the sandbox's collector forwards spans to; by default OTEL_EXPORTER_OTLP_ENDPOINT decides. */
  observability?: ObservabilityStack | undefined;
  /** Additional environment variables for the promoter. */
  promoterEnv?: Record<string, string>;
  /** Additional environment variables for the pods. */
  podEnv?: Record<string, string>;
  /** False leaves the cluster without Applications, so nothing is deployed. */
  withCluster?: boolean;
  /** The folder that the source repository is seeded from; todo/ by default. */
  sourceFolder?: string;
  /** Services beside todo, each with a repository and a workflow of its own. */
  services?: readonly Service[];
  /** Changes promotion.yaml before it is seeded. */
  transformPromotion?: (text: string) => string;
  logLevel?: string;
}

/** Starts everything except the promoter, which waits for its own `start()`. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDirectory, soak, observability, environment = processEnvironment } = options;
  const logDirectory = path.join(dataDirectory, 'logs');
  const keys = await loadKeys(dataDirectory);
  await mkdir(logDirectory, { recursive: true });
  const ports = await choosePorts(options);
  const urls = urlsOf(ports);
  const logger = createLogger({ service: 'sandbox', level: options.logLevel ?? 'warn' });
  const telemetry = options.telemetry
    ? { collector: undefined, variables: options.telemetry }
    : await startTelemetry(environment, observability);

  /** Argo CD's git generator: a folder that is pushed becomes an Application. */
  async function generateApplications(repository: Repository): Promise<void> {
    if (fullName(repository) !== CONFIG_REPOSITORY || options.withCluster === false) return;
    const manifests = await serviceApplications(await overlayFolders(github.github.hub.gitOf(repository)));
    running?.generate(manifests);
  }
  let running: Cluster | undefined;
  const github = await startGitHub({
    dataDirectory,
    environment,
    keys,
    port: ports.github,
    webhookUrl: `${urls.board}/webhooks/github`,
    registryUrl: urls.registry,
    soak,
    sourceFolder: options.sourceFolder,
    services: options.services,
    transformPromotion: options.transformPromotion,
    onPush: (repository) =>
      void generateApplications(repository).catch((err: unknown) => logger.error({ err }, 'ApplicationSet failed')),
    logger,
  });
  const registry = await startRegistry({
    dataDirectory,
    pushToken: keys.registryToken,
    port: ports.registry,
    githubUrl: urls.github,
  });
  const cluster = await startCluster({
    dataDirectory,
    environment,
    token: keys.kubernetesToken,
    port: ports.kubernetes,
    githubUrl: urls.github,
    registryUrl: urls.registry,
    ports,
    podEnvironment: {
      ...telemetry.variables,
      RELEASE_REPORT_URL: `${urls.board}/reports/first-request`,
      RELEASE_REPORT_TOKEN: keys.reportToken,
      ...options.podEnv,
    },
    withApplications: options.withCluster ?? true,
    logger,
  });
  running = cluster.cluster;
  const promoter = createPromoterProcess({
    path: environment['PATH'],
    variables: {
      ...promoterVariables({ urls, keys, kubeconfig: cluster.kubeconfig, observability }),
      ...telemetry.variables,
      ...options.promoterEnv,
    },
    port: ports.promoter,
    logFile: path.join(logDirectory, 'promoter.log'),
  });
  await writeFile(path.join(dataDirectory, 'scrape-targets.json'), JSON.stringify(scrapeTargets(scraped(ports))));

  return {
    urls,
    github: github.github,
    cluster: cluster.cluster,
    promoter,
    collector: telemetry.collector,
    logDirectory,
    async close() {
      await promoter.stop();
      await cluster.close();
      await github.close();
      await registry.close();
      await telemetry.collector?.stop();
    },
  };
}

function urlsOf(ports: Record<PortName, number>): SandboxUrls {
  const url = (name: PortName): string => `http://${LOOPBACK}:${ports[name]}`;
  return {
    github: url('github'),
    registry: url('registry'),
    kubernetes: url('kubernetes'),
    board: url('promoter'),
    todo: { dev: url('dev'), staging: url('staging'), prod: url('prod') },
  };
}

function scraped(ports: Record<PortName, number>): { port: number; environment: string }[] {
  const services = ENVIRONMENTS.map((environment) => ({ port: ports[environment], environment }));
  return [{ port: ports.promoter, environment: 'platform' }, ...services];
}
