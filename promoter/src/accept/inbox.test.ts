import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { Release } from '../decide/release.ts';
import { TerminalError, TransientError } from '../errors.ts';
import { createInbox, type Round, type RoundOutcome } from './inbox.ts';
import { createWaitingReleases } from './waiting-releases.ts';

const release = (number: number, image = 'ghcr.io/acme/todo'): Release => ({
  image,
  tag: `main-${number}`,
  digest: `sha256:${String(number).padStart(64, '0')}`,
  commit: undefined,
});
const images = ['ghcr.io/acme/todo', ...Array.from({ length: 300 }, (_value, index) => `ghcr.io/acme/image${index}`)];
const declared = parsePromotionFile(
  'promotion.yaml',
  `pipelines:\n${images.map((image, index) => `  - { name: p${index}, image: ${image}, tags: 'main-(?<number>\\d+)', environments: [{ name: dev, manifest: dev.yaml }] }\n`).join('')}`,
).pipelines;
const done: RoundOutcome = { keep: [], rechecks: new Map() };

describe('the inbox', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-11-23T12:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const start = (reconcile: (round: Round) => Promise<RoundOutcome>) => {
    const rounds: Round[] = [];
    const failures: (number | undefined)[] = [];
    const inbox = createInbox({
      releases: createWaitingReleases({
        declared: () => ({ pipelines: declared, isComplete: true }),
        lineageOf: () => undefined,
        onBound: () => undefined,
      }),
      windowMs: 1_000,
      clock: () => new Date(),
      onFailure: (_error, retryInMs) => void failures.push(retryInMs),
    });
    inbox.start((round) => {
      rounds.push(round);
      return reconcile(round);
    });
    return { inbox, rounds, failures };
  };
  const tagsOf = (round: Round | undefined): string[] =>
    [...(round?.candidates.values() ?? [])].flat().map(({ tag }) => tag);

  it('makes one round of everything that rings within the window', async () => {
    const { inbox, rounds } = start(() => Promise.resolve(done));
    for (let number = 0; number < 100; number += 1)
      inbox.ring({ scope: new Set([`p${number % 3}`]), releases: [release(number, `ghcr.io/acme/image${number}`)] });
    await vi.advanceTimersByTimeAsync(999);
    expect(rounds).toHaveLength(0);

    await vi.advanceTimersByTimeAsync(1);

    expect(rounds).toHaveLength(1);
    expect(tagsOf(rounds[0])).toHaveLength(100);
    expect(rounds[0]?.scope).toEqual(new Set(['p0', 'p1', 'p2']));
  });

  it('takes the same release once, however often it is announced', async () => {
    const { inbox, rounds } = start(() => Promise.resolve(done));
    for (let again = 0; again < 3; again += 1) inbox.ring({ scope: 'all', releases: [release(1)] });
    await vi.advanceTimersByTimeAsync(1_000);

    expect(tagsOf(rounds[0])).toEqual(['main-1']);
  });

  it('never runs two rounds at once; what rings during one is the next', async () => {
    const gate = Promise.withResolvers<RoundOutcome>();
    let running = 0;
    let most = 0;
    const { inbox, rounds } = start(async () => {
      running += 1;
      most = Math.max(most, running);
      const outcome = rounds.length === 1 ? await gate.promise : done;
      running -= 1;
      return outcome;
    });
    inbox.ring({ scope: 'all', releases: [release(1)] });
    await vi.advanceTimersByTimeAsync(1_000);
    inbox.ring({ scope: 'all', releases: [release(2)] });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rounds).toHaveLength(1);

    gate.resolve(done);
    await vi.advanceTimersByTimeAsync(1_000);

    expect(most).toBe(1);
    expect(tagsOf(rounds[1])).toEqual(['main-2']);
  });

  it('offers again what still waits, and forgets what was decided', async () => {
    const { inbox, rounds } = start(({ candidates }) =>
      Promise.resolve({ keep: [...candidates.values()].flat().slice(1), rechecks: new Map() }),
    );
    inbox.ring({ scope: 'all', releases: [release(1), release(2)] });
    await vi.advanceTimersByTimeAsync(1_000);
    inbox.ring({ scope: 'all', releases: [] });
    await vi.advanceTimersByTimeAsync(1_000);

    expect(tagsOf(rounds[1])).toEqual(['main-2']);
  });

  it('tries a transient failure again with the same round, later each time, and as late as it was asked', async () => {
    const { inbox, rounds, failures } = start(() =>
      rounds.length === 1
        ? Promise.reject(new TransientError('limit', { retryAfterMs: 30_000 }))
        : rounds.length === 2
          ? Promise.reject(new TransientError('502'))
          : Promise.resolve(done),
    );
    inbox.ring({ scope: new Set(['todo']), releases: [release(1)] });
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(rounds).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);

    expect(rounds).toHaveLength(3);
    expect(tagsOf(rounds[2])).toEqual(['main-1']);
    expect(rounds[2]?.scope).toEqual(new Set(['todo']));
    expect(failures[0]).toBe(30_000);
  });

  it.each([
    ['and its window ended', 2_000],
    ['and its window is still open', 500],
  ])(
    'starts no round earlier than it was asked because something rang during the failing one %s',
    async (_case, ms) => {
      const gate = Promise.withResolvers<RoundOutcome>();
      const { inbox, rounds } = start(() => (rounds.length === 1 ? gate.promise : Promise.resolve(done)));
      inbox.ring({ scope: new Set(['todo']), releases: [release(1)] });
      await vi.advanceTimersByTimeAsync(1_000);
      inbox.ring({ scope: new Set(['other']), releases: [release(2)] });
      await vi.advanceTimersByTimeAsync(ms);
      gate.reject(new TransientError('limit', { retryAfterMs: 30_000 }));
      await vi.advanceTimersByTimeAsync(29_999);
      expect(rounds).toHaveLength(1);

      await vi.advanceTimersByTimeAsync(1);

      expect(rounds[1]?.scope).toEqual(new Set(['todo', 'other']));
      expect(tagsOf(rounds[1])).toEqual(['main-1', 'main-2']);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(rounds).toHaveLength(2);
    },
  );

  it('leaves no timer when it is closed during a round that fails', async () => {
    const gate = Promise.withResolvers<RoundOutcome>();
    const { inbox, rounds } = start(() => gate.promise);
    inbox.ring({ scope: 'all', releases: [release(1)] });
    await vi.advanceTimersByTimeAsync(1_000);
    const closed = inbox.close();
    gate.reject(new TransientError('502'));
    await closed;

    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rounds).toHaveLength(1);
  });

  it('gives up after its budget, keeps the release, and begins again with the next ring', async () => {
    let broken = true;
    const { inbox, rounds, failures } = start(() =>
      broken ? Promise.reject(new TransientError('502')) : Promise.resolve(done),
    );
    inbox.ring({ scope: 'all', releases: [release(1)] });
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(failures).toHaveLength(9);
    expect(failures.at(-1)).toBeUndefined();

    broken = false;
    inbox.ring({ scope: 'all', releases: [] });
    await vi.advanceTimersByTimeAsync(1_000);

    expect(tagsOf(rounds.at(-1))).toEqual(['main-1']);
  });

  it('does not try again what will fail the same way', async () => {
    const { inbox, rounds } = start(() => Promise.reject(new TerminalError('there is no branch main')));
    inbox.ring({ scope: 'all', releases: [release(1)] });
    await vi.advanceTimersByTimeAsync(600_000);

    expect(rounds).toHaveLength(1);
  });

  it('rings by itself when time may change a decision, for the earliest first', async () => {
    const { inbox, rounds } = start(() =>
      Promise.resolve(
        rounds.length === 1
          ? {
              keep: [],
              rechecks: new Map([
                ['b', new Date('2026-11-23T12:20:00Z')],
                ['a', new Date('2026-11-23T12:10:00Z')],
              ]),
            }
          : done,
      ),
    );
    inbox.ring({ scope: 'all', releases: [] });
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(rounds.slice(1).map(({ scope }) => scope)).toEqual([new Set(['a'])]);
    await vi.advanceTimersByTimeAsync(10 * 60_000);

    expect(rounds.slice(1).map(({ scope }) => scope)).toEqual([new Set(['a']), new Set(['b'])]);
  });

  it('is bounded: a full inbox says so', () => {
    const { inbox } = start(() => Promise.resolve(done));
    const taken = Array.from({ length: 300 }, (_value, image) =>
      inbox.ring({
        scope: 'all',
        releases: Array.from({ length: 20 }, (_other, number) => release(number, `ghcr.io/acme/image${image}`)),
      }),
    );

    expect(taken.filter(Boolean)).toHaveLength(250);
    expect(inbox.depth()).toBeLessThanOrEqual(5_001);
  });
});
