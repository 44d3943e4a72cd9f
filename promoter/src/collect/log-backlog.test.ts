import { describe, expect, it } from 'vitest';
import { TerminalError, TransientError } from '../errors.ts';
import type { DeliveryLog, LoggedDelivery } from './delivery-log.ts';
import { createLogBacklog } from './log-backlog.ts';

const START_MS = Date.parse('2026-11-23T12:00:00Z');
const delivery = (id: number, more: Partial<LoggedDelivery> = {}): LoggedDelivery => ({
  id,
  guid: `guid-${id}`,
  delivered_at: new Date(START_MS + id * 1_000).toISOString(),
  status: 'OK',
  event: 'registry_package',
  ...more,
});
/** Ids from 1 to `count`, oldest first. */
const many = (count: number): LoggedDelivery[] => Array.from({ length: count }, (_, index) => delivery(index + 1));

/** A log of 100 deliveries a page; a cursor is the id of the first delivery of its page. */
function start(entries: LoggedDelivery[]) {
  const bounds: string[] = [];
  let pages = 0;
  let failure: Error | undefined;
  const log: DeliveryLog = {
    key: 'app',
    list(cursor) {
      pages += 1;
      if (failure && cursor !== undefined) return Promise.reject(failure);
      const newestFirst = [...entries].reverse();
      const from = cursor === undefined ? 0 : newestFirst.findIndex(({ id }) => String(id) === cursor);
      const next = newestFirst[from + 100];
      return Promise.resolve({ deliveries: newestFirst.slice(from, from + 100), next: next && String(next.id) });
    },
    read: () => Promise.reject(new Error('nothing is read here')),
  };
  const backlog = createLogBacklog(
    () => true,
    (bound) => void bounds.push(bound),
  );
  const read = (): number[] => {
    const ids = backlog.unread().map(({ id }) => id);
    for (const one of backlog.unread()) backlog.settle(one);
    return ids;
  };
  return {
    backlog,
    bounds,
    list: () => backlog.list(log),
    read,
    pages: () => pages,
    fail: (error: Error | undefined) => (failure = error),
  };
}

describe('the backlog of a delivery log', () => {
  it('holds the whole log, not its first ten pages, and each delivery once', async () => {
    const { list, read } = start(many(1_500));
    await list();

    expect(read()).toHaveLength(1_500);
    await list();
    expect(read()).toEqual([]);
  });

  it('of a log longer than a replay lists, has the rest with the next one, and says so', async () => {
    const entries = many(10_250);
    const { list, read, bounds } = start(entries);
    await list();
    const first = read();
    expect(bounds).toEqual(['delivery_log_pages']);
    entries.push(delivery(10_251));

    await list();
    const second = read();

    expect(first).toHaveLength(10_000);
    expect(second).toHaveLength(251);
    expect(second[0]).toBe(10_251);
    expect(second.at(-1)).toBe(1);
    expect(bounds).toHaveLength(1);
  });

  it('asks for nothing older than what it has seen, by the times of GitHub and not of this machine', async () => {
    const entries = many(1_000);
    const { list, read, pages } = start(entries);
    await list();
    read();
    const before = pages();
    // Half a year before the clock of any machine that runs this; and one that reached the log late.
    entries.splice(-50, 0, delivery(5_000, { delivered_at: delivery(949).delivered_at }));

    await list();

    expect(read()).toEqual([5_000]);
    expect(pages() - before).toBeLessThanOrEqual(2);
  });

  it('has what nobody received first, then the newest; what failed waits behind', async () => {
    const lost = delivery(2, { status: 'failed to connect to host' });
    const { list, backlog } = start([delivery(1), lost, delivery(3), delivery(4)]);
    await list();
    const ids = () => backlog.unread().map(({ id }) => id);
    expect(ids()).toEqual([2, 4, 3, 1]);

    backlog.postpone(lost);
    backlog.postpone(delivery(4));

    expect(ids()).toEqual([3, 1, 2, 4]);
    expect(backlog.lost()).toBe(1);
  });

  it('takes a redelivery for what it is', async () => {
    const { list, read, backlog } = start([
      delivery(1, { status: 'timed out' }),
      delivery(2, { guid: 'guid-1' }),
      delivery(3, { status: 'timed out' }),
    ]);
    await list();

    expect(backlog.lost()).toBe(1);
    expect(backlog.wasDelivered(delivery(1))).toBe(true);
    expect(read()).toHaveLength(2);
  });

  it('loses nothing when a page fails: it goes on there, or from the top where the cursor is gone', async () => {
    for (const error of [new TransientError('502'), new TerminalError('422 invalid cursor')]) {
      const { list, read, fail } = start(many(300));
      fail(error);
      await expect(list()).rejects.toBe(error);
      fail(undefined);

      await list();

      expect(read()).toHaveLength(300);
    }
  });
});
