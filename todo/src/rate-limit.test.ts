import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateLimit } from './rate-limit.ts';

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
