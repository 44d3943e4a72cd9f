// Server-sent events: `changed` whenever todos did, a comment now and then so that nobody takes the connection for dead.
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { problem } from '../problem.ts';
import type { ChangeFeed } from './change-feed.ts';

const HEARTBEAT_MS = 20_000;
const RECONNECT_MS = 1_000;

export function eventStream(c: Context, feed: ChangeFeed): Response {
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
  const subscription = feed.subscribe();
  if (!subscription) {
    return problem(503, 'Too many pages listen to this replica already. Try again in a while.', {
      headers: { 'retry-after': '10' },
    });
  }
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => subscription.end());
    // Whatever happened before the connection was open is read now.
    await stream.writeSSE({ event: 'changed', data: '', retry: RECONNECT_MS });
    for (;;) {
      const heard = await subscription.next(HEARTBEAT_MS);
      if (heard === 'closed') break;
      if (heard === 'changed') await stream.writeSSE({ event: 'changed', data: '' });
      else await stream.write(': still here\n\n');
    }
    subscription.end();
  });
}
