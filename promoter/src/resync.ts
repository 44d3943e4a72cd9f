// The flow that makes every webhook optional: on start and on a timer, read everything, what the registries list and what the delivery log holds.
import type { Logger } from '@delivery/telemetry/logger';
import type { Inbox } from './accept/inbox.ts';
import type { Registry } from './collect/registry.ts';
import type { Replayer } from './collect/replay-deliveries.ts';
import type { ConfigReader, LastRead } from './ports.ts';

export interface ResyncDeps {
  config: ConfigReader;
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
  /** False until everything was read once. */
  isReady(): boolean;
  /** Promotion files changed: a pipeline that is new may have releases that nobody asked for yet. */
  soon(): void;
  stop(): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export function createResync(deps: ResyncDeps): Resync {
  const { config, lastRead, replayer, registry, inbox, intervalMs, onRecovered, logger } = deps;
  let lastClaimed: string | undefined;
  let ready = false;
  let running = false;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;

  /** @returns when to look again. */
  async function once(): Promise<number> {
    // Which releases count is in the promotion files.
    await config.read({ scope: new Set(), candidates: new Map() });
    const pipelines = lastRead.declared();
    const claimed = JSON.stringify(pipelines.map(({ image, tags }) => [image, tags.source]));
    if (claimed !== lastClaimed) replayer.forget();
    lastClaimed = claimed;
    const [listed, replayed] = await Promise.all([registry.releases(pipelines), replayer.replay(pipelines)]);
    const { recovered, lost, failure } = replayed;
    const releases = [...replayed.releases, ...listed];
    if (recovered > 0) {
      logger.info({ stage: 'collect', lost, recovered }, 'releases recovered from the delivery log');
      onRecovered(recovered);
    }
    logger.debug({ stage: 'collect', lost, releases: releases.map(({ tag }) => tag) }, 'releases read');
    // What a full inbox did not take is read again the next time.
    if (!inbox.ring({ scope: 'all', releases })) replayer.forget();
    // One delivery that cannot be read keeps nobody waiting.
    ready = true;
    if (!failure) {
      retryMs = FIRST_RETRY_MS;
      return intervalMs;
    }
    const retryInMs = Math.min(failure.retryAfterMs ?? retryMs, intervalMs);
    retryMs = Math.min(retryMs * 2, intervalMs);
    logger.warn({ err: failure, retryInMs, stage: 'collect' }, 'some deliveries were not read yet');
    return retryInMs;
  }

  async function run(): Promise<void> {
    running = true;
    let nextMs = intervalMs;
    try {
      nextMs = await once();
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
