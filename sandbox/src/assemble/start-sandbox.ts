// The whole pipeline on one machine: three stand-ins that speak the real protocols, and the shipped promoter between them.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { choosePorts } from './choose-ports.ts';
import { createCluster, type Cluster } from '../cluster/cluster.ts';
import { createGitHub, type GitHub } from '../github/github.ts';
import { clusterSettings, kubeconfigFor } from './cluster-settings.ts';
import { type ObservabilityStack, scrapeTargets, traceUrl } from './find-observability.ts';
import { APP_ID, CONFIG_REPOSITORY, githubSettings } from './github-settings.ts';
import { loadKeys } from './keys.ts';
import type { OtlpReceiver } from '@delivery/otlp-receiver';
import { startCollector, telemetryEnvironment, telemetryTo } from './collector.ts';
import { listen, type Listening } from '../http/listen.ts';
import { createPromoterProcess, type PromoterProcess } from './promoter-process.ts';
import { openBlobStore } from '../registry/blob-store.ts';
import { createRegistry } from '../registry/registry.ts';
import { reportToGitHub } from './report-to-github.ts';
import { ENVIRONMENTS, type EnvironmentName, type SandboxSettings } from './config.ts';

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
  /** What the promoter and the services told; undefined where they send it elsewhere or nowhere. */
  collector: OtlpReceiver | undefined;
  logDirectory: string;
  close(): Promise<void>;
}

export interface SandboxOptions extends SandboxSettings {
  /** OTEL_* variables of the promoter and the pods. By default they send to a collector of the sandbox, which hands on. */
  telemetry?: Record<string, string>;
  /** Where the sandbox's collector hands on to; by default what the environment says. */
  observability?: ObservabilityStack | undefined;
  /** More for the promoter's environment. */
  promoterEnv?: Record<string, string>;
  /** More for the pods' environment. */
  podEnv?: Record<string, string>;
  /** False leaves the cluster out: nothing is deployed. */
  withCluster?: boolean;
  /** What the source repository is seeded from; todo/ by default. */
  sourceFolder?: string;
  /** Changes promotion.yaml before it is seeded. */
  transformPromotion?: (text: string) => string;
  logLevel?: string;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { dataDirectory } = options;
  await mkdir(dataDirectory, { recursive: true });
  const logDirectory = path.join(dataDirectory, 'logs');
  await mkdir(logDirectory, { recursive: true });
  const keys = await loadKeys(dataDirectory);
  const ports = await choosePorts(options);
  const collector = options.telemetry
    ? undefined
    : await startCollector(
        options.observability
          ? { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: options.observability.otlpUrl }
          : process.env,
      );
  const telemetry = options.telemetry ?? (collector ? telemetryTo(collector) : telemetryEnvironment());
  const logger = createLogger({ service: 'sandbox', level: options.logLevel ?? 'warn' });
  const servers: Listening[] = [];
  const serve = async (
    name: string,
    fetch: (request: Request) => Response | Promise<Response>,
    port: number,
  ): Promise<Listening> => {
    const server = await listen(name, fetch, port);
    servers.push(server);
    return server;
  };
  const origin = (port: number): string => `http://127.0.0.1:${port}`;

  const github = await createGitHub({
    ...githubSettings({
      origin: origin(ports.github),
      dataDirectory: path.join(dataDirectory, 'github'),
      keys,
      webhookUrl: `${origin(ports.promoter)}/webhooks/github`,
      registryUrl: origin(ports.registry),
      soak: options.soak,
      sourceFolder: options.sourceFolder,
      transformPromotion: options.transformPromotion,
    }),
    onError: (error) => logger.error({ err: error }, 'GitHub stand-in failed'),
  });
  await serve('GitHub', github.fetch, ports.github);

  const registry = createRegistry({
    store: await openBlobStore(path.join(dataDirectory, 'registry')),
    pushToken: keys.registryToken,
    onPublished: reportToGitHub(origin(ports.github)),
  });
  await serve('registry', (request) => registry.fetch(request), ports.registry);

  const cluster = await createCluster({
    ...(await clusterSettings({
      dataDirectory: path.join(dataDirectory, 'cluster'),
      token: keys.kubernetesToken,
      githubUrl: origin(ports.github),
      registryUrl: origin(ports.registry),
      ports,
      podEnvironment: {
        ...telemetry,
        RELEASE_REPORT_URL: `${origin(ports.promoter)}/reports/first-request`,
        RELEASE_REPORT_TOKEN: keys.reportToken,
        ...options.podEnv,
      },
      withApplications: options.withCluster ?? true,
    })),
    logger,
  });
  await serve('Kubernetes', (request) => cluster.api.fetch(request), ports.kubernetes);
  const kubeconfig = path.join(dataDirectory, 'kubeconfig.json');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(origin(ports.kubernetes), keys.kubernetesToken)), {
    mode: 0o600,
  });

  const promoter = createPromoterProcess(
    {
      GITHUB_API_URL: `${origin(ports.github)}/api/v3`,
      GITHUB_APP_ID: String(APP_ID),
      GITHUB_APP_PRIVATE_KEY: keys.appPrivateKey,
      GITHUB_WEBHOOK_SECRET: keys.webhookSecret,
      CONFIG_REPOSITORY,
      KUBECONFIG: kubeconfig,
      REPORT_TOKEN: keys.reportToken,
      PUBLIC_URL: origin(ports.promoter),
      ...(options.observability ? { TRACE_URL: traceUrl(options.observability) } : {}),
      ...telemetry,
      ...options.promoterEnv,
    },
    ports.promoter,
    path.join(logDirectory, 'promoter.log'),
  );

  const targets = [
    { port: ports.promoter, environment: 'platform' },
    ...ENVIRONMENTS.map((environment) => ({ port: ports[environment], environment })),
  ];
  await writeFile(path.join(dataDirectory, 'scrape-targets.json'), JSON.stringify(scrapeTargets(targets)));

  const urls: SandboxUrls = {
    github: origin(ports.github),
    registry: origin(ports.registry),
    kubernetes: origin(ports.kubernetes),
    board: promoter.url,
    todo: Object.fromEntries(ENVIRONMENTS.map((name) => [name, origin(ports[name])])) as Record<
      EnvironmentName,
      string
    >,
  };
  return { urls, github, cluster, promoter, collector, logDirectory, close };

  async function close(): Promise<void> {
    await promoter.stop();
    await cluster.close();
    await github.close();
    for (const server of servers.reverse()) await server.close();
    await collector?.stop();
  }
}
