// What anybody can send must not fill the log: the first refusal is a line, those of the minute after it are one more, with their number.
import type { Logger } from '@delivery/telemetry/logger';

export interface Refusal {
  status: 401 | 404 | 408 | 413 | 415 | 422 | 503;
  reason: string;
}

const WINDOW_MS = 60_000;

export function createRefusalLog(logger: Pick<Logger, 'warn'>): (refusal: Refusal) => void {
  let isOpen = false;
  let unlogged = 0;

  const close = (): void => {
    isOpen = false;
    if (unlogged === 0) return;
    logger.warn({ stage: 'accept', refused: unlogged, withinMs: WINDOW_MS }, 'more unproven requests were refused');
    unlogged = 0;
    open();
  };
  const open = (): void => {
    isOpen = true;
    setTimeout(close, WINDOW_MS).unref();
  };

  return ({ status, reason }) => {
    if (isOpen) {
      unlogged += 1;
      return;
    }
    logger.warn({ stage: 'accept', status }, reason);
    open();
  };
}
