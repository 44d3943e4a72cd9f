// Keeps what the Applications of one namespace say in memory, of those that are asked for: one list, then a watch, again and again. Owns
// restart, backoff and staleness. The client's own informer stops for good at the first error (kubernetes-client/javascript #958), so it is
// not used.
import { setTimeout as wait } from 'node:timers/promises';
import { CustomObjectsApi, PatchStrategy, setHeaderOptions, Watch } from '@kubernetes/client-node';
import { z } from 'zod';
import { TransientError } from '../errors.ts';
import { APPLICATIONS, type ApplicationFactsDeps, createApplicationFacts } from './application-facts.ts';
import { describeApiError } from './describe-api-error.ts';
import type { ClusterFacts } from './judge-rollout.ts';

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

export interface WatchDeps extends Omit<ApplicationFactsDeps, 'onFailure' | 'stopped'> {
  /** Between one watch and the next. */
  pause?(ms: number, signal: AbortSignal): Promise<unknown>;
}

const WATCH_SECONDS = 290;
const FIRST_BACKOFF_MS = 500;
const LAST_BACKOFF_MS = 30_000;

/** Aborted by us; or quiet for 30 s, after which the client gives up its watch (bookmarks come once a minute). */
const QUIET_ENDS = new Set(['AbortError', 'TimeoutError']);

const List = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });

export function createApplicationWatch(deps: WatchDeps): ApplicationWatch {
  const { config, namespace, logger } = deps;
  const pause = deps.pause ?? ((ms, signal) => wait(ms, undefined, { signal }));
  const applications = config.makeApiClient(CustomObjectsApi);
  const stopping = new AbortController();
  let restart = new AbortController();
  let problem: string | undefined = 'the cluster was not read yet';
  const known = createApplicationFacts({ ...deps, stopped: stopping.signal, onFailure: () => restart.abort() });

  /** @returns whether it ended early, to list again. */
  async function listAndWatch(): Promise<boolean> {
    restart = new AbortController();
    const listed = List.parse(await applications.listNamespacedCustomObject({ ...APPLICATIONS, namespace }));
    await known.takeAll(listed.items);
    problem = undefined;
    known.report();
    const { promise: ended, resolve } = Promise.withResolvers<unknown>();
    const path = `/apis/${APPLICATIONS.group}/${APPLICATIONS.version}/namespaces/${namespace}/${APPLICATIONS.plural}`;
    const query = {
      resourceVersion: listed.metadata.resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    };
    const onEvent = (type: string, object: unknown): void => {
      if (type === 'ADDED' || type === 'MODIFIED') known.take(object);
      if (type === 'DELETED') known.forget(object);
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
      if (problem === undefined) await known.prepare(name);
    },
    facts: known.of,
    look: (name) => void known.look(name),
    problem(name) {
      if (problem !== undefined || name === undefined || !known.isMisunderstood(name)) return problem;
      return `Application ${name} in namespace ${namespace} is not understood`;
    },
    async refresh(name) {
      const body = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } };
      try {
        await applications.patchNamespacedCustomObject(
          { ...APPLICATIONS, namespace, name, body },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      } catch (error) {
        throw new TransientError(`refresh Application ${name}: ${describeApiError(error)}`, { cause: error });
      }
    },
    stop: () => stopping.abort(),
  };
}

const doubled = (backoffMs: number): number => Math.min(backoffMs * 2, LAST_BACKOFF_MS);
