// Server-sent events: `changed` after any change, and a comment now and then as a heartbeat.
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { clientOf } from '../client.ts';
import { methodNotAllowed, problem } from '../problem.ts';
import { respond } from '../respond.ts';
import type { ChangeFeed } from './change-feed.ts';

const HEARTBEAT_MS = 20_000;
const RECONNECT_MS = 1_000;

export interface EventRoutesDeps {
  feed: ChangeFeed;
  /** Proxies in front, whose X-Forwarded-For says who the client is. */
  trustedProxies: number;
}

export function eventRoutes(deps: EventRoutesDeps): Hono {
  return new Hono().get('/events', (c) => stream(c, deps)).all('/events', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

function stream(c: Context, { feed, trustedProxies }: EventRoutesDeps): Response {
  if (c.req.method === 'HEAD') return respond(200, undefined, { 'content-type': 'text/event-stream' });
  const subscription = feed.subscribe(clientOf(c, trustedProxies));
  if (!subscription) {
    return problem(503, 'Too many pages are connected to this replica, or from this address. Try again later.', {
      headers: { 'retry-after': '10' },
    });
  }
  c.header('access-control-allow-origin', '*');
  c.header('x-accel-buffering', 'no'); // nginx would hold events back
  return streamSSE(c, async (events) => {
    events.onAbort(() => subscription.end());
    // Changes from before the connection was open are read now.
    await events.writeSSE({ event: 'changed', data: '', retry: RECONNECT_MS });
    for (;;) {
      const outcome = await subscription.next(HEARTBEAT_MS);
      if (outcome === 'closed') break;
      if (outcome === 'changed') await events.writeSSE({ event: 'changed', data: '' });
      else await events.write(': still here\n\n');
    }
    subscription.end();
  });
}
