// Load shedding in front of the database: requests that would only wait are refused at once, and slow ones are given up.
import { UnavailableError, unavailableCode } from './unavailable.ts';

export interface Gate {
  /** @throws UnavailableError when the gate is closed, too many requests wait, the deadline passes, or the database is unavailable. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Lets requests through: the database has the schema that this release needs. */
  open(): void;
  /** Requests to the database that have not been answered yet. */
  pending(): number;
  /** Stops checking deadlines. */
  close(): void;
}

export interface GateSettings {
  /** Requests beyond this number are refused. */
  maxPending: number;
  /** Longer than the statement timeout, so that the database's own answer comes first. Checked ten times per deadline. */
  deadlineMs: number;
}

interface Waiter {
  since: number;
  giveUp: (error: Error) => void;
}

export function createGate({ maxPending, deadlineMs }: GateSettings): Gate {
  let isOpen = false;
  // Oldest first. A waiter stays until the database answers, even after it was given up: work must not pile up behind a database that
  // hangs. They share one timer: a timer for each request would be a tenth of the cost of a small one.
  const waiters = new Set<Waiter>();
  const timer = setInterval(() => {
    const overdue = performance.now() - deadlineMs;
    for (const { since, giveUp } of waiters) {
      if (since > overdue) break;
      giveUp(new UnavailableError(`The database did not answer within ${deadlineMs} ms.`));
    }
  }, deadlineMs / 10);
  timer.unref();

  async function settle<Result>(work: () => Promise<Result>, waiter: Waiter): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const code = unavailableCode(error);
      if (code === undefined) throw error;
      throw new UnavailableError(`The database is not available (${code}).`, { cause: error });
    } finally {
      waiters.delete(waiter);
    }
  }

  return {
    open() {
      isOpen = true;
    },
    pending: () => waiters.size,
    close: () => clearInterval(timer),
    run(work) {
      if (!isOpen) return Promise.reject(new UnavailableError('The database is not ready yet.'));
      if (waiters.size >= maxPending) {
        return Promise.reject(new UnavailableError(`${waiters.size} requests are already waiting for the database.`));
      }
      return new Promise((resolve, reject) => {
        const waiter = { since: performance.now(), giveUp: reject };
        waiters.add(waiter);
        settle(work, waiter).then(resolve, reject);
      });
    },
  };
}
