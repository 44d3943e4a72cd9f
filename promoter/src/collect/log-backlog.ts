// What is known of one delivery log: how far it was listed, and which deliveries are still to be read. A log that is longer than one
// replay may list or read is gone through in several; nothing of it is left out. Times are GitHub's own.
import { LRUCache } from 'lru-cache';
import { TransientError } from '../errors.ts';
import { toPromoterError } from '../github/errors.ts';
import type { OnBound } from '../ports.ts';
import type { DeliveryLog, LoggedDelivery } from './delivery-log.ts';

/** A delivery may reach the log a moment after others that were sent later. */
const OVERLAP_MS = 120_000;
/** Of a hundred deliveries each, in one replay. */
const MAX_PAGES = 100;
const MAX_UNREAD = 20_000;
/** Three days of a busy organization; one that is forgotten is read once more, no harm is done. */
const MAX_KNOWN = 100_000;

/** A part of the log that is not listed yet: from a cursor down to a time. */
interface Gap {
  cursor: string | undefined;
  untilMs: number;
}

export interface LogBacklog {
  /** Lists what is new, and goes on where the last time ended. @throws what keeps the log from being listed. */
  list(log: DeliveryLog): Promise<void>;
  /** What failed least before the rest, what nobody received before what somebody did, then newest first. */
  unread(): readonly LoggedDelivery[];
  settle(delivery: LoggedDelivery): void;
  /** It could not be read: it waits behind the others, and is asked for again. */
  postpone(delivery: LoggedDelivery): void;
  /** Whether an attempt to deliver it succeeded. */
  wasDelivered(delivery: LoggedDelivery): boolean;
  /** When the newest delivery was sent, in milliseconds since 1970. */
  newestMs(): number;
  /** Deliveries that no attempt delivered. */
  lost(): number;
}

export function createLogBacklog(isOfUse: (delivery: LoggedDelivery) => boolean, onBound: OnBound): LogBacklog {
  const unread = new Map<string, { delivery: LoggedDelivery; failures: number }>();
  const known = new LRUCache<string, { isDelivered: boolean }>({ max: MAX_KNOWN });
  let newestMs = Number.NEGATIVE_INFINITY;
  let gaps: Gap[] = [];

  const add = (delivery: LoggedDelivery): void => {
    const { guid, status } = delivery;
    newestMs = Math.max(newestMs, timeOf(delivery));
    const before = known.get(guid);
    known.set(guid, { isDelivered: status === 'OK' || before?.isDelivered === true });
    if (!before && isOfUse(delivery)) unread.set(guid, { delivery, failures: 0 });
  };
  const isReceived = ({ guid }: LoggedDelivery): boolean => known.get(guid)?.isDelivered === true;
  const isFull = (pages: number): boolean => pages >= MAX_PAGES || unread.size >= MAX_UNREAD;

  return {
    async list(log) {
      // At first there is nothing to stop at but the end of the log.
      const open: Gap[] = [{ cursor: undefined, untilMs: newestMs - OVERLAP_MS }, ...gaps];
      gaps = [];
      let pages = 0;
      let gap = open.shift();
      while (gap && !isFull(pages)) {
        const { untilMs }: Gap = gap;
        pages += 1;
        let page: Awaited<ReturnType<DeliveryLog['list']>>;
        try {
          page = await log.list(gap.cursor);
        } catch (error) {
          const failure = toPromoterError('list the deliveries', error);
          // A cursor that GitHub does not know any more: what it led to is listed again from the top.
          gaps = failure instanceof TransientError ? [gap, ...open] : [];
          if (!(failure instanceof TransientError)) newestMs = Number.NEGATIVE_INFINITY;
          throw failure;
        }
        page.deliveries.forEach(add);
        const isAtEnd = page.next === undefined || page.deliveries.some((delivery) => timeOf(delivery) <= untilMs);
        gap = isAtEnd ? open.shift() : { cursor: page.next, untilMs };
      }
      gaps = gap ? [gap, ...open] : [];
      if (gap)
        onBound(
          'delivery_log_pages',
          `the delivery log is longer than ${pages} pages; the next resync reads on from there`,
        );
    },
    unread: () =>
      [...unread.values()]
        .map(({ delivery, failures }) => ({ delivery, failures, isReceived: isReceived(delivery) }))
        .sort(
          (one, other) =>
            one.failures - other.failures ||
            Number(one.isReceived) - Number(other.isReceived) ||
            timeOf(other.delivery) - timeOf(one.delivery),
        )
        .map(({ delivery }) => delivery),
    postpone({ guid }) {
      const waiting = unread.get(guid);
      if (waiting) waiting.failures += 1;
    },
    settle: ({ guid }) => void unread.delete(guid),
    wasDelivered: isReceived,
    newestMs: () => newestMs,
    lost: () => [...known.values()].filter(({ isDelivered }) => !isDelivered).length,
  };
}

const timeOf = ({ delivered_at: at }: LoggedDelivery): number => Date.parse(at);
