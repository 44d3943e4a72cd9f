import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf, rateLimit } from './rate-limit.ts';

describe('the client', () => {
  it.each([
    ['the peer', '192.0.2.1', undefined, 0, '192.0.2.1'],
    ['the peer, whatever it claims', '192.0.2.1', '198.51.100.9', 0, '192.0.2.1'],
    ['what the one trusted proxy saw', '10.0.0.1', '198.51.100.9, 203.0.113.5', 1, '203.0.113.5'],
    ['what the second of two proxies saw', '10.0.0.1', '198.51.100.9, 203.0.113.5', 2, '198.51.100.9'],
    ['the farthest known address, where a proxy is missing', '10.0.0.1', undefined, 1, '10.0.0.1'],
    ['an IPv4 address written as IPv6', '::ffff:192.0.2.1', undefined, 0, '192.0.2.1'],
    ['the /64 of an IPv6 address', '2001:db8:1:2:3:4:5:6', undefined, 0, '2001:db8:1:2'],
    ['the /64 of a shortened IPv6 address', '2001:db8::7', undefined, 0, '2001:db8:0:0'],
  ])('%s', (_what, peer, forwardedFor, trustedProxies, expected) => {
    expect(clientOf(peer, forwardedFor, trustedProxies)).toBe(expected);
  });
});

describe('the limit', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('answers 429 to a client beyond it and says when to retry; other clients are served', async () => {
    const app = new Hono();
    app.use(rateLimit({ requestsPerMinute: 2, trustedProxies: 1 }));
    app.get('/', (c) => c.text('ok'));
    const from = (client: string): Promise<Response> =>
      Promise.resolve(
        app.request(
          '/',
          { headers: { 'x-forwarded-for': client } },
          { incoming: { socket: { remoteAddress: '10.0.0.1' } } },
        ),
      );

    const first = await from('192.0.2.1');
    await from('192.0.2.1');
    const third = await from('192.0.2.1');

    expect([first.status, first.headers.get('ratelimit')]).toEqual([200, '"client";r=1;t=60']);
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '60']);
    expect(third.headers.get('content-type')).toBe('application/problem+json');
    expect((await from('192.0.2.2')).status).toBe(200);
    await vi.advanceTimersByTimeAsync(60_001);
    expect((await from('192.0.2.1')).status).toBe(200);
  });
});
