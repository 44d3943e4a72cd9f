import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ChangeFeed, createChangeFeed } from './change-feed.ts';

describe('the feed of changes', () => {
  let feed: ChangeFeed;
  let announced: number;
  let announce: () => Promise<void>;
  let failures: unknown[];
  beforeEach(() => {
    vi.useFakeTimers();
    announced = 0;
    failures = [];
    announce = () => {
      announced += 1;
      return Promise.resolve();
    };
    feed = createChangeFeed({
      announce: () => announce(),
      onFailure: (error) => failures.push(error),
      intervalMs: 100,
      maxSubscribers: 3,
      maxPerClient: 2,
    });
  });
  afterEach(() => {
    feed.close();
    vi.useRealTimers();
  });

  it('announces the first change at once, and all others within the interval together', async () => {
    feed.changed();
    expect(announced).toBe(1);
    for (let n = 0; n < 50; n += 1) feed.changed();
    expect(announced).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(announced).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(announced).toBe(2);
  });

  it('wakes every subscriber once for all changes since it last looked', async () => {
    const [one, other] = [feed.subscribe('a'), feed.subscribe('a')];
    feed.announced();
    feed.announced();

    expect(await Promise.all([one?.next(1_000), other?.next(1_000)])).toEqual(['changed', 'changed']);
    const next = one?.next(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await next).toBe('silent');
  });

  it('still wakes the subscribers of this process when other processes cannot be notified', async () => {
    announce = () => Promise.reject(new Error('no database'));
    const subscription = feed.subscribe('a');

    feed.changed();

    expect(await subscription?.next(1_000)).toBe('changed');
    expect(failures).toHaveLength(1);
  });

  it('accepts no more subscribers than its limit, and another one after one has ended', () => {
    const first = feed.subscribe('a');
    feed.subscribe('b');
    feed.subscribe('c');

    expect(feed.subscribe('d')).toBeUndefined();
    first?.end();
    first?.end();
    expect(feed.subscribe('d')).toBeDefined();
  });

  it('leaves places for other clients when one takes as many as it can', () => {
    const first = feed.subscribe('a');
    feed.subscribe('a');

    expect(feed.subscribe('a')).toBeUndefined();
    expect(feed.subscribe('b')).toBeDefined();
    first?.end();
    expect(feed.subscribe('a')).toBeDefined();
  });

  it('ends every subscription when it is closed, and accepts no new one', async () => {
    const waiting = feed.subscribe('a')?.next(1_000);

    feed.close();

    expect(await waiting).toBe('closed');
    expect(feed.subscribe('a')).toBeUndefined();
  });
});
