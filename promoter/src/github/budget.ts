// GitHub's ceiling for content-creating requests, 80 a minute and 500 an hour: spent before it is refused.
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
import { BudgetError } from '../errors.ts';

const WINDOWS = [
  { ms: 60_000, limit: 80, reserve: 10 },
  { ms: 3_600_000, limit: 500, reserve: 50 },
] as const;

/** `direct`: a commit to the base branch, which is how rollbacks come. The reserve of each window is for these alone. */
export type Urgency = 'direct' | 'usual';

export interface GitHubBudget {
  /** @throws BudgetError with the time until the next request is free. */
  spend(action: string, urgency?: Urgency): void;
  /** Content-creating requests left in the hour. */
  left(): number;
}

export function createGitHubBudget(clock: () => Date): GitHubBudget {
  let spent: number[] = [];
  const within = (ms: number, now: number): number[] => spent.filter((time) => time > now - ms);
  return {
    spend(action, urgency = 'usual') {
      const now = clock().getTime();
      spent = within(3_600_000, now);
      for (const { ms, limit, reserve } of WINDOWS) {
        const allowed = urgency === 'direct' ? limit : limit - reserve;
        const recent = within(ms, now);
        const oldest = recent[recent.length - allowed];
        if (oldest === undefined) continue;
        const kept = allowed < limit ? `; ${reserve} more are kept for direct commits and rollbacks` : '';
        throw new BudgetError(
          `${action}: ${allowed} content-creating requests in ${ms / 60_000} min are spent${kept}`,
          { retryAfterMs: oldest + ms - now },
        );
      }
      spent.push(now);
    },
    left: () => 500 - within(3_600_000, clock().getTime()).length,
  };
}
