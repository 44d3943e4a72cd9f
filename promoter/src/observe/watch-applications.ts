// Keeps what the Applications of one namespace say in memory, of those that are asked for: one list, then a watch, again and again. Owns
// restart, backoff and staleness. The client's own informer stops for good at the first error (kubernetes-client/javascript #958), so it is
// not used.
import { setTimeout as wait } from 'node:timers/promises';
import { CustomObjectsApi, type KubeConfig, PatchStrategy, setHeaderOptions, Watch } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Logger } from '@delivery/telemetry/logger';
import { TransientError } from '../errors.ts';
import { describeApiError, statusCodeOf } from './describe-api-error.ts';
import type { ClusterFacts } from './judge-rollout.ts';
import { Application } from './parse-application.ts';
import type { WorkloadReader } from './read-workloads.ts';

export interface ApplicationWatch {
  start(): void;
  /** Reads an Application that was never read, once the namespace was listed. */
  prepare(name: string): Promise<void>;
  /** What was read last. `undefined` is an Application that does not exist. */
  facts(name: string): { isRead: boolean; facts: ClusterFacts | undefined };
  /** Reads an Application and its workloads again; `onChange` follows. */
  look(name: string): void;
  refresh(name: string): Promise<void>;
  /** Of the namespace, or of this Application alone. */
  problem(name?: string): string | undefined;
  stop(): void;
}

export interface WatchDeps {
  config: KubeConfig;
  reader: WorkloadReader;
  namespace: string;
  /** Whether a promotion file names this Application: of others nothing is read or kept. */
  isAsked(name: string): boolean;
  /** Something about this Application is different now; undefined: it is gone. */
  onChange(name: string, facts: ClusterFacts | undefined): void;
  /** Between one watch and the next. */
  pause?(ms: number, signal: AbortSignal): Promise<unknown>;
  logger: Logger;
}

const GROUP = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications' } as const;
const WATCH_SECONDS = 290;
const FIRST_BACKOFF_MS = 500;
const LAST_BACKOFF_MS = 30_000;

/** Aborted by us; or quiet for 30 s, after which the client gives up its watch (bookmarks come once a minute). */
const QUIET_ENDS = new Set(['AbortError', 'TimeoutError']);

const Named = z.object({ metadata: z.object({ name: z.string() }) });
const List = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });

export function createApplicationWatch(deps: WatchDeps): ApplicationWatch {
  const { config, reader, namespace, isAsked, onChange, logger } = deps;
  const pause = deps.pause ?? ((ms, signal) => wait(ms, undefined, { signal }));
  const applications = config.makeApiClient(CustomObjectsApi);
  /** Undefined: there is no such Application. */
  const known = new Map<string, ClusterFacts | undefined>();
  const stopping = new AbortController();
  let restart = new AbortController();
  let problem: string | undefined = 'the cluster was not read yet';

  const misunderstood = new Set<string>();

  const keep = (name: string, facts: ClusterFacts | undefined): void => {
    known.set(name, facts);
    onChange(name, facts);
  };

  /** Facts are taken one after the other per Application, so that an older read never replaces a newer one. */
  const turns = new Map<string, Promise<void>>();
  const inTurn = (name: string, read: () => Promise<ClusterFacts | undefined>): void => {
    const turn = async (before: Promise<void> | undefined): Promise<void> => {
      await before;
      if (stopping.signal.aborted) return;
      try {
        keep(name, await read());
      } catch (error) {
        logger.warn({ err: error, application: name }, 'application not read');
        restart.abort();
      }
    };
    const next = turn(turns.get(name)).finally(() => {
      if (turns.get(name) === next) turns.delete(name);
    });
    turns.set(name, next);
  };

  /** What was read before is then no longer true. */
  function understood(name: string, object: unknown): Application | undefined {
    const parsed = Application.safeParse(object);
    if (parsed.success) misunderstood.delete(name);
    else {
      misunderstood.add(name);
      logger.warn({ err: parsed.error, application: name }, 'application not understood');
    }
    return parsed.data;
  }

  const take = (object: unknown): void => {
    const name = nameOf(object);
    if (name === undefined) return;
    if (!isAsked(name)) return void known.delete(name);
    inTurn(name, async () => {
      const application = understood(name, object);
      return application && (await reader.read(application));
    });
  };

  const forget = (object: unknown): void => {
    const name = nameOf(object);
    if (name !== undefined && known.has(name)) inTurn(name, () => Promise.resolve(undefined));
  };

  const look = (name: string): void =>
    inTurn(name, async () => {
      try {
        const found: unknown = await applications.getNamespacedCustomObject({ ...GROUP, namespace, name });
        const application = understood(name, found);
        return application && (await reader.read(application));
      } catch (error) {
        if (statusCodeOf(error) !== 404) throw error;
        return undefined;
      }
    });

  /** @returns whether it ended early, to list again. */
  async function listAndWatch(): Promise<boolean> {
    restart = new AbortController();
    const listed = List.parse(await applications.listNamespacedCustomObject({ ...GROUP, namespace }));
    const names = new Set(listed.items.map(nameOf));
    for (const name of known.keys()) {
      if (!isAsked(name)) known.delete(name);
      else if (!names.has(name)) inTurn(name, () => Promise.resolve(undefined));
    }
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
        problem = `the Applications in namespace ${namespace} cannot be read: ${describeApiError(error)}`;
        logger.warn({ err: error, backoffMs, namespace }, 'watch ended');
        backoffMs = doubled(backoffMs);
      }
      await pause(backoffMs * (0.5 + Math.random() / 2), stopping.signal).catch(() => undefined);
    }
  }

  return {
    start: () => void keepWatching(),
    async prepare(name) {
      if (known.has(name) || problem !== undefined) return;
      if (!turns.has(name)) look(name);
      await turns.get(name);
    },
    facts: (name) => ({ isRead: known.has(name), facts: known.get(name) }),
    look,
    problem: (name) =>
      problem ??
      (name !== undefined && misunderstood.has(name)
        ? `Application ${name} in namespace ${namespace} is not understood`
        : undefined),
    async refresh(name) {
      const body = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } };
      try {
        await applications.patchNamespacedCustomObject(
          { ...GROUP, namespace, name, body },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      } catch (error) {
        throw new TransientError(`refresh Application ${name}: ${describeApiError(error)}`, { cause: error });
      }
    },
    stop: () => stopping.abort(),
  };
}

const nameOf = (object: unknown): string | undefined => Named.safeParse(object).data?.metadata.name;
const doubled = (backoffMs: number): number => Math.min(backoffMs * 2, LAST_BACKOFF_MS);
