import { createLogger } from '@delivery/telemetry/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { declare, release } from '../test/fixtures.ts';
import type { Ring } from './accept/inbox.ts';
import type { Replayed } from './collect/replay-deliveries.ts';
import type { Release } from './decide/release.ts';
import { TransientError } from './errors.ts';
import type { ConfigSnapshot } from './ports.ts';
import { createResync } from './resync.ts';

const MINUTE_MS = 60_000;
const INTERVAL_MS = 5 * MINUTE_MS;
const [LISTED, LOGGED] = [release('a'), release('b')];
const replayed: Replayed = { releases: [LOGGED], recovered: 1, lost: 1, failure: undefined };

interface World {
  config(): Promise<void>;
  registry(): Promise<Release[]>;
  log(): Promise<Replayed>;
}

function start(more: Partial<World> = {}) {
  const world: World = {
    config: () => Promise.resolve(),
    registry: () => Promise.resolve([LISTED]),
    log: () => Promise.resolve(replayed),
    ...more,
  };
  const rings: Ring[] = [];
  const counts = { reads: 0, recovered: 0 };
  const resync = createResync({
    config: {
      async read() {
        counts.reads += 1;
        await world.config();
        return {} as ConfigSnapshot;
      },
    },
    lookUpInstallations: () => undefined,
    lastRead: { declared: () => [declare()] },
    registry: { releases: () => world.registry() },
    replayer: { replay: () => world.log(), forget: () => undefined },
    inbox: { ring: (ring) => rings.push(ring) > 0 },
    intervalMs: INTERVAL_MS,
    onRecovered: (releases) => (counts.recovered += releases),
    logger: createLogger({ service: 'promoter', level: 'silent' }),
  });
  return { resync, world, rings, counts };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const limited = (retryAfterMs: number) => new TransientError('limit', { retryAfterMs });

describe('the resync', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('rings with what the registries and the log hold, and again after the interval', async () => {
    const { resync, rings, counts } = start();
    expect(resync.isReady()).toBe(false);
    resync.start();
    await pass(INTERVAL_MS - 1);
    expect(rings).toEqual([{ scope: 'all', releases: [LOGGED, LISTED] }]);
    expect(resync.isReady()).toBe(true);
    expect(counts).toEqual({ reads: 1, recovered: 1 });

    await pass(1);

    expect(counts.reads).toBe(2);
  });

  it('rings with what the registries hold, and is ready, when the log alone fails; it tries again soon', async () => {
    const { resync, world, rings } = start({ log: () => Promise.reject(new TransientError('502')) });
    resync.start();
    await pass(0);
    expect(rings).toEqual([{ scope: 'all', releases: [LISTED] }]);
    expect(resync.isReady()).toBe(true);

    world.log = () => Promise.resolve(replayed);
    await pass(1_000);

    expect(rings[1]?.releases).toEqual([LOGGED, LISTED]);
  });

  it('rings with what the log held, which is read once, when the registries fail; then it is not ready', async () => {
    const { resync, world, rings, counts } = start({ registry: () => Promise.reject(new Error('out of order')) });
    resync.start();
    await pass(0);
    expect(rings).toEqual([{ scope: 'all', releases: [LOGGED] }]);
    expect(counts.recovered).toBe(1);
    expect(resync.isReady()).toBe(false);

    world.registry = () => Promise.resolve([LISTED]);
    await pass(1_000);

    expect(resync.isReady()).toBe(true);
  });

  it('tries again later each time, half a minute at most, while the promotion files cannot be read', async () => {
    const { resync, rings, counts } = start({ config: () => Promise.reject(new TransientError('502')) });
    resync.start();
    await pass(31_000);
    expect(counts.reads).toBe(6);

    await pass(MINUTE_MS);

    expect(counts.reads).toBe(8);
    expect(rings).toEqual([]);
  });

  it.each<[string, Partial<World>]>([
    ['the promotion files', { config: () => Promise.reject(limited(10 * MINUTE_MS)) }],
    ['the registries', { registry: () => Promise.reject(limited(10 * MINUTE_MS)) }],
    ['the log', { log: () => Promise.reject(limited(10 * MINUTE_MS)) }],
    ['a delivery', { log: () => Promise.resolve({ ...replayed, failure: limited(10 * MINUTE_MS) }) }],
  ])('reads nothing earlier than it was asked because of %s, whoever wants it soon', async (_case, more) => {
    const { resync, counts } = start(more);
    resync.start();
    resync.soon();
    await pass(5 * MINUTE_MS);
    resync.soon();
    await pass(5 * MINUTE_MS - 1);
    expect(counts.reads).toBe(1);

    await pass(1);

    expect(counts.reads).toBe(2);
  });

  it('waits no shorter than its own backoff', async () => {
    const { resync, counts } = start({ log: () => Promise.reject(limited(1)) });
    resync.start();
    await pass(999);
    expect(counts.reads).toBe(1);
    await pass(1);

    expect(counts.reads).toBe(2);
  });

  it('reads at once when somebody wants it soon, and once more when that was during a reading', async () => {
    const { resync, world, counts } = start();
    resync.start();
    await pass(1_000);
    const gate = Promise.withResolvers<void>();
    world.config = () => gate.promise;
    resync.soon();
    resync.soon();
    resync.soon();
    expect(counts.reads).toBe(2);
    gate.resolve();
    await pass(0);
    expect(counts.reads).toBe(3);

    await pass(INTERVAL_MS - 1);

    expect(counts.reads).toBe(3);
  });

  it('is one chain of timers, whatever was asked of it before it started, and none when it is stopped', async () => {
    const { resync, counts } = start();
    resync.soon();
    await pass(INTERVAL_MS);
    expect(counts.reads).toBe(0);
    resync.start();
    resync.soon();
    resync.start();
    await pass(0);
    resync.start();
    await pass(0);
    expect(vi.getTimerCount()).toBe(1);

    resync.stop();

    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer when it is stopped while it reads, and does not start again', async () => {
    const gate = Promise.withResolvers<void>();
    const { resync, counts } = start({ config: () => gate.promise });
    resync.start();
    resync.soon();
    resync.stop();
    gate.resolve();
    await pass(0);
    resync.soon();
    resync.start();
    await pass(INTERVAL_MS);

    expect(vi.getTimerCount()).toBe(0);
    expect(counts.reads).toBe(1);
  });
});
