// The primary rate limit, counted per credential and hour, reported with every response, and enforced.
import type { Context } from 'hono';
import { ApiError } from '../errors.ts';

export interface RateLimit {
  limit: number;
  remaining: number;
  used: number;
  /** Seconds since the epoch. */
  reset: number;
}
export type Resource = 'core' | 'graphql';

export interface RateLimits {
  peek(c: Context, resource: Resource): RateLimit;
  /** @throws ApiError 403 when nothing is left. */
  charge(c: Context, resource: Resource): void;
  setHeaders(c: Context, resource: Resource): void;
}

const LIMIT = 5_000;
const HOUR_SECONDS = 3_600;

export function createRateLimits(clock: () => Date, limit = LIMIT): RateLimits {
  const used = new Map<string, { count: number; reset: number }>();
  const slot = (c: Context, resource: Resource): { count: number; reset: number } => {
    const key = `${c.req.header('authorization') ?? 'anonymous'} ${resource}`;
    const seconds = Math.floor(clock().getTime() / 1000);
    let found = used.get(key);
    if (!found || found.reset <= seconds) {
      found = { count: 0, reset: seconds + HOUR_SECONDS };
      used.set(key, found);
    }
    return found;
  };
  const peek = (c: Context, resource: Resource): RateLimit => {
    const { count, reset } = slot(c, resource);
    return { limit, remaining: Math.max(limit - count, 0), used: count, reset };
  };
  return {
    peek,
    charge(c, resource) {
      const found = slot(c, resource);
      if (found.count >= limit)
        throw new ApiError(403, 'API rate limit exceeded for installation.', { graphqlType: 'RATE_LIMITED' });
      found.count += 1;
    },
    setHeaders(c, resource) {
      const { remaining, used: count, reset } = peek(c, resource);
      c.header('x-ratelimit-limit', String(limit));
      c.header('x-ratelimit-remaining', String(remaining));
      c.header('x-ratelimit-used', String(count));
      c.header('x-ratelimit-reset', String(reset));
      c.header('x-ratelimit-resource', resource);
    },
  };
}
