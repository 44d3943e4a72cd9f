// Stands before the database: refuses at once what would only wait, and gives up on what takes too long.
import { UnavailableError, unavailableCode } from './unavailable.ts';

export interface Gate {
  /** @throws UnavailableError when too much waits already, when the deadline passes, and when the database is not there. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Requests to the database that were not answered yet. */
  pending(): number;
}

export interface GateSettings {
  /** More than this many at once are refused. */
  maxPending: number;
  /** Longer than the statement timeout, so that the database's own answer comes first. */
  deadlineMs: number;
}

export function createGate({ maxPending, deadlineMs }: GateSettings): Gate {
  let pending = 0;
  return {
    pending: () => pending,
    run<Result>(work: () => Promise<Result>): Promise<Result> {
      if (pending >= maxPending) {
        return Promise.reject(new UnavailableError(`${pending} requests wait for the database already.`));
      }
      pending += 1;
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const timer = setTimeout(
        () => reject(new UnavailableError(`The database did not answer within ${deadlineMs} ms.`)),
        deadlineMs,
      );
      // Counted until the database answers, not until we stop waiting: a database that hangs must not pile up work.
      work()
        .finally(() => {
          pending -= 1;
          clearTimeout(timer);
        })
        .then(resolve, (error: unknown) => {
          const code = unavailableCode(error);
          reject(code ? new UnavailableError(`The database is not available (${code}).`, { cause: error }) : error);
        });
      return promise;
    },
  };
}
