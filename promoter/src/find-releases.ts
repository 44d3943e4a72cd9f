// The flow behind a tag that no pipeline promotes: a build may push several, and GitHub's event names one of them, often `latest`.
// Its registry has the others (docker/build-push-action#877).
import type { Logger } from '@delivery/telemetry/logger';
import type { Inbox } from './accept/inbox.ts';
import type { Registry } from './collect/registry.ts';
import type { LastRead } from './ports.ts';

/** Other tags of a build follow within seconds, and pull requests of a busy repository push one tag after another. */
const LOOK_AFTER_MS = 5_000;

export interface ReleaseFinderDeps {
  lastRead: Pick<LastRead, 'declared'>;
  registry: Pick<Registry, 'releases'>;
  inbox: Pick<Inbox, 'ring'>;
  logger: Logger;
}

export interface ReleaseFinder {
  /** Looks for the newest tags of an image, once for all that ask in a while. */
  look(image: string): void;
  stop(): void;
}

export function createReleaseFinder({ lastRead, registry, inbox, logger }: ReleaseFinderDeps): ReleaseFinder {
  /** One for each image that a pipeline promotes, at most. */
  const waiting = new Map<string, NodeJS.Timeout>();

  async function find(image: string): Promise<void> {
    waiting.delete(image);
    const pipelines = lastRead.declared().filter((pipeline) => pipeline.image === image);
    const releases = await registry.releases(pipelines);
    if (releases.length > 0) inbox.ring({ scope: new Set(pipelines.map(({ name }) => name)), releases });
  }

  return {
    look(image) {
      if (waiting.has(image)) return;
      const begin = (): void =>
        void find(image).catch((error: unknown) => {
          logger.warn({ err: error, image, stage: 'collect' }, 'other tags not looked for: the next resync does');
        });
      waiting.set(image, setTimeout(begin, LOOK_AFTER_MS).unref());
    },
    stop() {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
