// During an outage every request is refused: log one line per second, with the number of refusals in between. /metrics counts each.
import type { Logger } from '@delivery/telemetry';

export interface Refusal {
  reason: string;
  method: string;
  path: string;
}

const INTERVAL_MS = 1_000;

/** @param now monotonic time in milliseconds. */
export function createRefusalLog(
  logger: Pick<Logger, 'warn'>,
  now: () => number = () => performance.now(),
): (refusal: Refusal) => void {
  let nextMs = Number.NEGATIVE_INFINITY;
  let unlogged = 0;
  return (refusal) => {
    if (now() < nextMs) {
      unlogged += 1;
      return;
    }
    logger.warn(unlogged > 0 ? { ...refusal, unlogged } : refusal, 'request refused');
    nextMs = now() + INTERVAL_MS;
    unlogged = 0;
  };
}
