// The board and the JSON behind it. Read-only: all authority is GitHub's.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { NONCE, secureHeaders, type SecureHeadersVariables } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { boardContent, boardPage } from './board-page.ts';
import type { BoardState } from './board-state.ts';
import { stylesheet } from './stylesheet.ts';

/** Several changes of one moment are one message. */
const COALESCE_MS = 100;
const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 200;

export function boardRoutes(state: BoardState): Hono<{ Variables: SecureHeadersVariables }> {
  const { resolve } = createRequire(import.meta.url);
  const scripts = new Map(
    [
      ['htmx.js', 'htmx.org/dist/htmx.min.js'],
      ['sse.js', 'htmx-ext-sse/dist/sse.min.js'],
    ].map(([name = '', module = '']) => [name, readFileSync(resolve(module), 'utf8')]),
  );
  let streams = 0;

  const routes = new Hono<{ Variables: SecureHeadersVariables }>();
  routes.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", NONCE],
        styleSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  routes.get('/', (c) => c.html(boardPage(state.board(), c.get('secureHeadersNonce') ?? '')));
  routes.get('/favicon.ico', (c) => c.body(null, 204));
  routes.get('/api/board', (c) => c.json(state.board()));
  routes.get('/assets/board.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }));
  routes.get('/assets/:name', (c) => {
    const script = scripts.get(c.req.param('name'));
    if (!script) return c.notFound();
    return c.body(script, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    });
  });
  routes.get('/events', (c) => {
    if (streams >= MAX_STREAMS) return c.text('too many open boards', 503, { 'retry-after': '30' });
    return streamSSE(c, async (stream) => {
      streams += 1;
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      let pending: NodeJS.Timeout | undefined;
      const send = async (): Promise<void> => {
        pending = undefined;
        const content = String(await boardContent(state.board()));
        await stream.writeSSE({ event: 'board', data: content }).catch(close);
      };
      const unsubscribe = state.subscribe(() => {
        pending ??= setTimeout(() => void send(), COALESCE_MS);
      });
      const heartbeat = setInterval(() => void stream.write(': still here\n\n').catch(close), HEARTBEAT_MS);
      stream.onAbort(close);
      await send();
      await closed;
      streams -= 1;
      unsubscribe();
      clearTimeout(pending);
      clearInterval(heartbeat);
    });
  });
  return routes;
}
