// Server-sent events: `changed` after any change, and a comment now and then as a heartbeat.
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { methodNotAllowed, problem } from '../problem.ts';
import { respond } from '../respond.ts';
import type { ChangeFeed } from './change-feed.ts';

const HEARTBEAT_MS = 20_000;
const RECONNECT_MS = 1_000;

export function eventRoutes(feed: ChangeFeed): Hono {
  return new Hono().get('/events', (c) => stream(c, feed)).all('/events', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

function stream(c: Context, feed: ChangeFeed): Response {
  if (c.req.method === 'HEAD') return respond(200, undefined, { 'content-type': 'text/event-stream' });
  const subscription = feed.subscribe();
  if (!subscription) {
    return problem(503, 'Too many pages are connected to this replica. Try again later.', {
      headers: { 'retry-after': '10' },
    });
  }
  c.header('access-control-allow-origin', '*');
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
