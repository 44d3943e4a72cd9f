// Stands before the database: refuses at once what would only wait, and gives up on what takes too long.
import { UnavailableError, unavailableCode } from './unavailable.ts';

export interface Gate {
  /** @throws UnavailableError when it is shut, too much waits already, the deadline passes, or the database is not there. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Lets work through: the database has the schema that this program needs. */
  open(): void;
  /** Requests to the database that were not answered yet. */
  pending(): number;
  /** Stops looking for deadlines. */
  close(): void;
}

export interface GateSettings {
  /** More than this many at once are refused. */
  maxPending: number;
  /** Longer than the statement timeout, so that the database's own answer comes first. Kept to within a tenth. */
  deadlineMs: number;
}

interface Waiter {
  since: number;
  giveUp: (error: Error) => void;
}

export function createGate({ maxPending, deadlineMs }: GateSettings): Gate {
  let isOpen = false;
  // Oldest first. A waiter stays until the database answers, also after we gave up on it: a database that hangs must not pile up
  // work. One timer for all of them: a timer each is a tenth of what a small request costs.
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
        return Promise.reject(new UnavailableError(`${waiters.size} requests wait for the database already.`));
      }
      return new Promise((resolve, reject) => {
        const waiter = { since: performance.now(), giveUp: reject };
        waiters.add(waiter);
        settle(work, waiter).then(resolve, reject);
      });
    },
  };
}
