// The flow that makes every webhook optional: on start and on a timer, read everything and what the delivery log holds.
import type { Logger } from '@delivery/telemetry/logger';
import type { Inbox } from './accept/inbox.ts';
import type { Replayer } from './collect/replay-deliveries.ts';
import type { ConfigReader, LastRead } from './ports.ts';

export interface ResyncDeps {
  config: ConfigReader;
  lastRead: Pick<LastRead, 'declared'>;
  replayer: Replayer;
  inbox: Pick<Inbox, 'ring'>;
  intervalMs: number;
  clock: () => Date;
  onRecovered(releases: number): void;
  logger: Logger;
}

export interface Resync {
  start(): void;
  /** False until everything was read once. */
  isReady(): boolean;
  /** Promotion files changed: a pipeline that is new may have releases that nobody asked for yet. */
  soon(): void;
  stop(): void;
}

/** A delivery may reach the log a moment after it was sent. */
const OVERLAP_MS = 120_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export function createResync(deps: ResyncDeps): Resync {
  const { config, lastRead, replayer, inbox, intervalMs, clock, onRecovered, logger } = deps;
  let since: Date | undefined;
  let lastClaimed: string | undefined;
  let ready = false;
  let running = false;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;

  async function once(): Promise<void> {
    const startedAt = clock();
    // Which releases count is in the promotion files.
    await config.read({ scope: new Set(), candidates: new Map() });
    const pipelines = lastRead.declared();
    const claimed = JSON.stringify(pipelines.map(({ image, tags }) => [image, tags.source]));
    const { releases, lost } = await replayer.replay(pipelines, claimed === lastClaimed ? since : undefined);
    lastClaimed = claimed;
    if (lost > 0) {
      logger.info({ stage: 'collect', lost, releases: releases.length }, 'deliveries recovered from the log');
      onRecovered(releases.length);
    }
    logger.debug({ stage: 'collect', lost, releases: releases.map(({ tag }) => tag) }, 'delivery log read');
    // What a full inbox did not take is read again the next time.
    if (inbox.ring({ scope: 'all', releases })) since = new Date(startedAt.getTime() - OVERLAP_MS);
    ready = true;
  }

  async function run(): Promise<void> {
    running = true;
    let nextMs = intervalMs;
    try {
      await once();
      retryMs = FIRST_RETRY_MS;
    } catch (error) {
      nextMs = Math.min(retryMs, intervalMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      logger.error({ err: error, retryInMs: nextMs }, 'resync failed');
    }
    running = false;
    if (!stopped) timer = setTimeout(() => void run(), again ? 0 : nextMs);
    again = false;
  }

  return {
    start: () => void run(),
    isReady: () => ready,
    soon() {
      again = running;
      if (running || stopped) return;
      clearTimeout(timer);
      void run();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
