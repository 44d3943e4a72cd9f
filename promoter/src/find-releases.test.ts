import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '@delivery/telemetry/logger';
import { declare, release } from '../test/fixtures.ts';
import type { Ring } from './accept/inbox.ts';
import type { Pipeline } from './decide/pipeline.ts';
import type { Release } from './decide/release.ts';
import { createReleaseFinder } from './find-releases.ts';

const todo = declare();
const other = declare({ name: 'other', image: 'ghcr.io/acme/other' });

function start(found: () => Promise<Release[]>) {
  const asked: string[][] = [];
  const rings: Ring[] = [];
  const finder = createReleaseFinder({
    lastRead: { declared: () => [todo, other] },
    registry: {
      releases(pipelines: readonly Pipeline[]) {
        asked.push(pipelines.map(({ name }) => name));
        return found();
      },
    },
    inbox: { ring: (ring) => rings.push(ring) > 0 },
    logger: createLogger({ service: 'promoter', level: 'silent' }),
  });
  return { finder, asked, rings };
}

describe('another tag of a build', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is looked for once for all events of a while, and what is found rings for the pipelines of its image', async () => {
    const { finder, asked, rings } = start(() => Promise.resolve([release('b')]));
    finder.look('ghcr.io/acme/todo');
    finder.look('ghcr.io/acme/todo');
    await vi.advanceTimersByTimeAsync(5_000);

    expect(asked).toEqual([['todo']]);
    expect(rings).toEqual([{ scope: new Set(['todo']), releases: [release('b')] }]);

    finder.look('ghcr.io/acme/todo');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['nothing is found', () => Promise.resolve([])],
    ['the registry cannot be read', () => Promise.reject(new Error('502'))],
  ])('rings for nobody where %s', async (_case, found) => {
    const { finder, asked, rings } = start(found);
    finder.look('ghcr.io/acme/other');
    await vi.advanceTimersByTimeAsync(5_000);

    expect(asked).toEqual([['other']]);
    expect(rings).toEqual([]);
  });

  it('is not looked for any more after the stop', async () => {
    const { finder, asked } = start(() => Promise.resolve([]));
    finder.look('ghcr.io/acme/todo');
    finder.stop();
    await vi.advanceTimersByTimeAsync(5_000);

    expect(asked).toEqual([]);
  });
});
