// A limit on requests per minute and client, where one is configured.
import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { clientOf } from './client.ts';
import { problem } from './problem.ts';

export interface RateLimit {
  requestsPerMinute: number;
  /** As in client.ts. */
  trustedProxies: number;
}

const WINDOW_SECONDS = 60;

export function rateLimit({ requestsPerMinute, trustedProxies }: RateLimit): MiddlewareHandler {
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: WINDOW_SECONDS });
  const policy = `"client";q=${requestsPerMinute};w=${WINDOW_SECONDS}`;
  return async (c, next) => {
    try {
      const left = await limiter.consume(clientOf(c, trustedProxies));
      await next();
      c.header('RateLimit-Policy', policy);
      c.header('RateLimit', rateLimitHeader(left));
      return undefined;
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      return problem(429, `One client may send at most ${requestsPerMinute} requests per minute.`, {
        headers: {
          'retry-after': String(Math.ceil(rejected.msBeforeNext / 1000)),
          'ratelimit-policy': policy,
          ratelimit: rateLimitHeader(rejected),
        },
      });
    }
  };
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
function rateLimitHeader({ remainingPoints, msBeforeNext }: RateLimiterRes): string {
  return `"client";r=${remainingPoints};t=${Math.ceil(msBeforeNext / 1000)}`;
}
