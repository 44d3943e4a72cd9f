// Graceful shutdown: a service stops once, in order, within a deadline.
import type { Logger } from './logger.ts';

export interface GracefulStop {
  logger: Logger;
  /** Run in order after the signal, all within the deadline. */
  steps: readonly ((signal: NodeJS.Signals) => Promise<void> | void)[];
  /** After this time the process exits with 1, whatever is still open. Keep it below the pod's terminationGracePeriodSeconds. */
  deadlineMs: number;
}

/** Stops the process on SIGTERM and SIGINT: 0 when every step finished, 1 when one failed or the deadline passed. */
export function stopOnSignal({ logger, steps, deadlineMs }: GracefulStop): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error({ deadlineMs }, 'did not stop in time');
      process.exit(1);
    }, deadlineMs).unref();
    try {
      for (const step of steps) await step(signal);
      logger.info('stopped');
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'stop failed');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void stop(signal));
  }
}
