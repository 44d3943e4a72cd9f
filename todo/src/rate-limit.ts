// A limit on requests per minute and client, where one is configured.
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { problem } from './problem.ts';

export interface RateLimit {
  requestsPerMinute: number;
  /** Proxies in front of this service that append to X-Forwarded-For; anything before their entries is only claimed by the client. */
  trustedProxies: number;
}

const WINDOW_SECONDS = 60;

/** An address; of an IPv6 address the /64, which belongs to one client. */
export function clientOf(peer: string, forwardedFor: string | undefined, trustedProxies: number): string {
  const hops = [...(forwardedFor?.split(',').map((hop) => hop.trim()) ?? []), peer];
  const address = hops.at(-1 - trustedProxies) ?? hops[0] ?? peer;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after].slice(0, 4).join(':');
}

export function rateLimit({ requestsPerMinute, trustedProxies }: RateLimit): MiddlewareHandler {
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: WINDOW_SECONDS });
  const policy = `"client";q=${requestsPerMinute};w=${WINDOW_SECONDS}`;
  return async (c, next) => {
    const peer = peerOf(c);
    try {
      const left = await limiter.consume(clientOf(peer, c.req.header('x-forwarded-for'), trustedProxies));
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

function peerOf(c: Context): string {
  return getConnInfo(c).remote.address ?? 'unknown';
}
