// GitHub's ceiling for content-creating requests, 80 a minute and 500 an hour: spent before it is refused.
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
import { TransientError } from '../errors.ts';

const WINDOWS = [
  { ms: 60_000, limit: 80 },
  { ms: 3_600_000, limit: 500 },
] as const;

export interface GitHubBudget {
  /** @throws TransientError with the time until the next request is free. */
  spend(action: string): void;
  /** Content-creating requests left in the hour. */
  left(): number;
}

export function createGitHubBudget(clock: () => Date): GitHubBudget {
  let spent: number[] = [];
  const within = (ms: number, now: number): number[] => spent.filter((time) => time > now - ms);
  return {
    spend(action) {
      const now = clock().getTime();
      spent = within(3_600_000, now);
      for (const { ms, limit } of WINDOWS) {
        const recent = within(ms, now);
        const oldest = recent[recent.length - limit];
        if (oldest !== undefined) {
          const retryAfterMs = oldest + ms - now;
          throw new TransientError(`${action}: ${limit} content-creating requests in ${ms / 60_000} min are spent`, {
            retryAfterMs,
          });
        }
      }
      spent.push(now);
    },
    left: () => 500 - within(3_600_000, clock().getTime()).length,
  };
}
