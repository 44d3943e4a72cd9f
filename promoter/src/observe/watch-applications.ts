// Keeps what Argo CD says in memory: one list, then a watch, again and again. Owns restart, backoff and staleness.
// The client's own informer stops for good at the first error (kubernetes-client/javascript #958), so it is not used.
import { setTimeout as wait } from 'node:timers/promises';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  type RequestContext,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { z } from 'zod';
import type { Logger } from '@delivery/telemetry/logger';
import { TransientError } from '../errors.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { Application, Deployment, Pod } from './parse-application.ts';

export interface ApplicationWatch {
  start(): void;
  facts(application: string): ClusterFacts | undefined;
  refresh(application: string): Promise<void>;
  problem(): string | undefined;
  stop(): void;
}

export interface WatchDeps {
  kubeconfig: string | undefined;
  namespace: string;
  /** Something about this Application is different now. */
  onChange(application: string, facts: ClusterFacts): void;
  /** Of one call to the API server, not of a watch. */
  callTimeoutMs?: number;
  /** Between one watch and the next. */
  pause?(ms: number, signal: AbortSignal): Promise<unknown>;
  logger: Logger;
}

const GROUP = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications' } as const;
const MAX_PODS = 50;
const WATCH_SECONDS = 290;
const FIRST_BACKOFF_MS = 500;
const LAST_BACKOFF_MS = 30_000;
const CALL_TIMEOUT_MS = 10_000;

/** Aborted by us; or quiet for 30 s, after which the client gives up its watch (bookmarks come once a minute). */
const QUIET_ENDS = new Set(['AbortError', 'TimeoutError']);

const List = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });

/** The client sets no deadline: a read that is never answered would hold up everything that comes after it. */
class KubeConfigWithDeadline extends KubeConfig {
  readonly #timeoutMs: number;
  constructor(timeoutMs: number) {
    super();
    this.#timeoutMs = timeoutMs;
  }
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    context.setSignal(AbortSignal.timeout(this.#timeoutMs));
  }
}

export function createApplicationWatch(deps: WatchDeps): ApplicationWatch {
  const { kubeconfig, namespace, onChange, logger } = deps;
  const pause = deps.pause ?? ((ms, signal) => wait(ms, undefined, { signal }));
  const config = new KubeConfigWithDeadline(deps.callTimeoutMs ?? CALL_TIMEOUT_MS);
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromCluster();
  const applications = config.makeApiClient(CustomObjectsApi);
  const deployments = config.makeApiClient(AppsV1Api);
  const pods = config.makeApiClient(CoreV1Api);
  const known = new Map<string, ClusterFacts>();
  const forbidden = new Set<string>();
  const stopping = new AbortController();
  let problem: string | undefined = 'the cluster was not read yet';

  /** What is not there, and what is not ours to read: rights are given by namespace, and each that lacks them has one line. */
  function nothingToRead(error: unknown, where: string): undefined {
    const { code } = error as { code?: number };
    if (code !== 403 && code !== 404) throw error;
    if (code === 404 || forbidden.has(where)) return;
    forbidden.add(where);
    logger.warn({ namespace: where }, 'deployments may not be read');
  }

  async function deploymentsOf({ status }: Application): Promise<Deployment[]> {
    const listed = (status.resources ?? []).flatMap(({ kind, name, namespace: where }) =>
      kind === 'Deployment' && where ? [{ name, namespace: where }] : [],
    );
    const read = listed.map(({ name, namespace: where }) =>
      deployments
        .readNamespacedDeployment({ name, namespace: where })
        .catch((error: unknown) => nothingToRead(error, where)),
    );
    return (await Promise.all(read)).flatMap((object) => (object ? [Deployment.parse(object)] : []));
  }

  /** Pods decide nothing: where they may not be listed, the trace lacks them. */
  async function podsOf({ metadata, spec }: Deployment): Promise<Pod[]> {
    const labels = Object.entries(spec.selector?.matchLabels ?? {});
    if (labels.length === 0) return [];
    const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
    try {
      const { items } = await pods.listNamespacedPod({ namespace: metadata.namespace, labelSelector, limit: MAX_PODS });
      return items.flatMap((item) => Pod.safeParse(item).data ?? []);
    } catch (error) {
      logger.debug({ err: error, namespace: metadata.namespace }, 'pods not read');
      return [];
    }
  }

  /** Facts are taken one after the other per application, so that an older read never replaces a newer one. */
  const turns = new Map<string, Promise<void>>();
  const takeInTurn = async (before: Promise<void> | undefined, application: Application): Promise<void> => {
    await before;
    const { name } = application.metadata;
    try {
      const found = await deploymentsOf(application);
      const facts = { application, deployments: found, pods: (await Promise.all(found.map(podsOf))).flat() };
      known.set(name, facts);
      onChange(name, facts);
    } catch (error) {
      logger.warn({ err: error, application: name }, 'deployments not read');
      restart.abort();
    }
  };
  const take = (object: unknown): void => {
    const parsed = Application.safeParse(object);
    if (!parsed.success) {
      logger.warn({ err: parsed.error }, 'application not understood');
      return;
    }
    const application = parsed.data;
    const { name } = application.metadata;
    turns.set(name, takeInTurn(turns.get(name), application));
  };

  const forget = (object: unknown): void => {
    const name = Application.safeParse(object).data?.metadata.name;
    if (name !== undefined) known.delete(name);
  };

  let restart = new AbortController();
  /** @returns whether it ended early, to list again. */
  async function listAndWatch(): Promise<boolean> {
    restart = new AbortController();
    const listed = List.parse(await applications.listNamespacedCustomObject({ ...GROUP, namespace }));
    const names = new Set(listed.items.flatMap((item) => Application.safeParse(item).data?.metadata.name ?? []));
    for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    listed.items.forEach(take);
    await Promise.all(turns.values());
    problem = undefined;
    for (const [name, facts] of known) onChange(name, facts);
    const { promise: ended, resolve } = Promise.withResolvers<unknown>();
    const path = `/apis/${GROUP.group}/${GROUP.version}/namespaces/${namespace}/${GROUP.plural}`;
    const query = {
      resourceVersion: listed.metadata.resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    };
    const onEvent = (type: string, object: unknown): void => {
      if (type === 'ADDED' || type === 'MODIFIED') take(object);
      if (type === 'DELETED') forget(object);
      if (type === 'ERROR') restart.abort(); // 410: list again
    };
    const watching = await new Watch(config).watch(path, query, onEvent, resolve);
    const abort = (): void => {
      watching.abort();
      resolve(undefined);
    };
    stopping.signal.addEventListener('abort', abort, { once: true });
    restart.signal.addEventListener('abort', abort, { once: true });
    if (stopping.signal.aborted || restart.signal.aborted) abort(); // asked for before anybody listened
    const error = await ended;
    stopping.signal.removeEventListener('abort', abort);
    if (error instanceof Error && !QUIET_ENDS.has(error.name)) throw error;
    return restart.signal.aborted;
  }

  async function keepWatching(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!stopping.signal.aborted) {
      try {
        backoffMs = (await listAndWatch()) ? doubled(backoffMs) : FIRST_BACKOFF_MS;
      } catch (error) {
        problem = `the cluster cannot be read: ${error instanceof Error ? error.message : String(error)}`;
        logger.warn({ err: error, backoffMs }, 'watch ended');
        backoffMs = doubled(backoffMs);
      }
      await pause(backoffMs * (0.5 + Math.random() / 2), stopping.signal).catch(() => undefined);
    }
  }

  return {
    start: () => void keepWatching(),
    facts: (application) => known.get(application),
    problem: () => problem,
    async refresh(name) {
      const body = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } };
      try {
        await applications.patchNamespacedCustomObject(
          { ...GROUP, namespace, name, body },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      } catch (error) {
        throw new TransientError(
          `refresh Application ${name}: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    },
    stop: () => stopping.abort(),
  };
}

const doubled = (backoffMs: number): number => Math.min(backoffMs * 2, LAST_BACKOFF_MS);
