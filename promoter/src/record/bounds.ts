// Every bound that is reached: counted, logged, and shown on the board for a day.
import type { Logger } from '@delivery/telemetry/logger';
import type { Bound, OnBound } from '../ports.ts';
import type { PromoterMetrics } from './metrics.ts';

export interface BoundView {
  bound: Bound;
  /** What was bounded, and what becomes of the rest. */
  what: string;
  /** When it was reached last. */
  at: string;
}

export interface Bounds {
  reached: OnBound;
  view(): BoundView[];
}

const SHOWN_FOR_MS = 86_400_000;
/** Under a flood the log has a line of each bound this often. */
const LOGGED_EVERY_MS = 60_000;

export interface BoundsDeps {
  metrics: Pick<PromoterMetrics, 'boundsReached'>;
  onChange(): void;
  clock: () => Date;
  logger: Pick<Logger, 'warn'>;
}

export function createBounds({ metrics, onChange, clock, logger }: BoundsDeps): Bounds {
  const last = new Map<Bound, { what: string; at: Date; loggedAt: Date }>();
  return {
    reached(bound, what) {
      const at = clock();
      metrics.boundsReached.inc({ bound });
      const before = last.get(bound);
      const isLogged = before !== undefined && at.getTime() - before.loggedAt.getTime() < LOGGED_EVERY_MS;
      last.set(bound, { what, at, loggedAt: isLogged ? before.loggedAt : at });
      if (isLogged) return;
      logger.warn({ bound, what }, 'a bound was reached');
      onChange();
    },
    view() {
      const oldest = clock().getTime() - SHOWN_FOR_MS;
      return [...last]
        .filter(([, { at }]) => at.getTime() >= oldest)
        .map(([bound, { what, at }]) => ({ bound, what, at: at.toISOString() }));
    },
  };
}
