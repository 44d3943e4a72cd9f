// The flow that makes every webhook optional: on start and on a timer, read everything, what the registries list and what the delivery log holds.
import type { Logger } from '@delivery/telemetry/logger';
import { inSpan } from '@delivery/telemetry/tracing';
import { SpanKind } from '@opentelemetry/api';
import type { Inbox } from './accept/inbox.ts';
import type { Registry } from './collect/registry.ts';
import type { Replayed, Replayer } from './collect/replay-deliveries.ts';
import type { Release } from './decide/release.ts';
import { TransientError } from './errors.ts';
import type { ConfigReader, LastRead } from './ports.ts';

export interface ResyncDeps {
  config: ConfigReader;
  /** What GitHub granted may be another thing by now. */
  lookUpInstallations(): void;
  lastRead: Pick<LastRead, 'declared'>;
  replayer: Replayer;
  registry: Pick<Registry, 'releases'>;
  inbox: Pick<Inbox, 'ring'>;
  intervalMs: number;
  onRecovered(releases: number): void;
  logger: Logger;
}

export interface Resync {
  start(): void;
  /** False until everything was read once, but for the log, which is optional. */
  isReady(): boolean;
  /** Promotion files changed: a pipeline that is new may have releases that nobody asked for yet. Never sooner than we were asked to wait. */
  soon(): void;
  stop(): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** The longest delay that setTimeout takes. */
const MAX_TIMER_MS = 2_147_483_647;
const NOTHING_REPLAYED: Replayed = { releases: [], recovered: 0, lost: 0, failure: undefined };

export function createResync(deps: ResyncDeps): Resync {
  const { config, lastRead, replayer, registry, inbox, intervalMs, onRecovered, logger } = deps;
  let lastClaimed: string | undefined;
  let ready = false;
  let running = false;
  let again = false;
  let started = false;
  let stopped = false;
  let isAskedToWait = false;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;

  /** @returns what kept the registries or the log from being read. @throws what kept the promotion files from being read. */
  async function readAll(): Promise<unknown[]> {
    deps.lookUpInstallations();
    // Which releases count is in the promotion files.
    await config.read({ scope: new Set(), candidates: new Map() });
    const pipelines = lastRead.declared();
    const claimed = JSON.stringify(pipelines.map(({ image, tags }) => [image, tags.source]));
    if (claimed !== lastClaimed) replayer.forget();
    lastClaimed = claimed;
    const failures: unknown[] = [];
    const note = (error: unknown): undefined => void failures.push(error);
    const [listed, replayed] = await Promise.all([
      registry.releases(pipelines).catch(note),
      replayer.replay(pipelines).catch(note),
    ]);
    if (replayed?.failure) failures.push(replayed.failure);
    // What the log held is not read again, whatever else failed.
    ring(replayed ?? NOTHING_REPLAYED, listed ?? []);
    // The log is optional: nobody waits for it, nor for one delivery that cannot be read.
    if (listed) ready = true;
    return failures;
  }

  function ring({ releases: logged, recovered, lost }: Replayed, listed: readonly Release[]): void {
    const releases = [...logged, ...listed];
    if (recovered > 0) {
      logger.info({ stage: 'collect', lost, recovered }, 'releases recovered from the delivery log');
      onRecovered(recovered);
    }
    logger.debug({ stage: 'collect', lost, releases: releases.map(({ tag }) => tag) }, 'releases read');
    // What a full inbox did not take is read again the next time.
    if (!inbox.ring({ scope: 'all', releases })) replayer.forget();
  }

  /** Later each time, and as late as we were asked, however long that is. */
  function backOff(failures: readonly unknown[], longestMs: number): number {
    const askedMs = Math.max(...failures.map(askedWaitMs));
    const ms = Math.max(Math.min(retryMs, longestMs, intervalMs), askedMs);
    isAskedToWait = askedMs > 0;
    retryMs = Math.min(retryMs * 2, longestMs);
    return Math.min(ms, MAX_TIMER_MS);
  }

  /** @returns when to read again. */
  async function once(): Promise<number> {
    isAskedToWait = false;
    try {
      const failures = await readAll();
      if (failures.length === 0) {
        retryMs = FIRST_RETRY_MS;
        return intervalMs;
      }
      const retryInMs = backOff(failures, ready ? intervalMs : LAST_RETRY_MS);
      for (const err of failures) logger.warn({ err, retryInMs, stage: 'collect' }, 'not everything was read yet');
      return retryInMs;
    } catch (error) {
      const retryInMs = backOff([error], LAST_RETRY_MS);
      logger.error({ err: error, retryInMs }, 'resync failed');
      return retryInMs;
    }
  }

  async function run(): Promise<void> {
    running = true;
    const nextMs = await inSpan('promoter', 'resync', { kind: SpanKind.INTERNAL }, once);
    running = false;
    if (!stopped) timer = setTimeout(() => void run(), again && !isAskedToWait ? 0 : nextMs);
    again = false;
  }

  /** There is one timer at most, and none during a reading. */
  function runNow(): void {
    if (running || stopped) return;
    clearTimeout(timer);
    void run();
  }

  return {
    start() {
      started = true;
      runNow();
    },
    isReady: () => ready,
    soon() {
      again = running;
      // The start reads everything anyway.
      if (started && !isAskedToWait) runNow();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

const askedWaitMs = (error: unknown): number => (error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0);
