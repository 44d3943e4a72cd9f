// The pages and the JSON behind them. Read-only: all authority is GitHub's.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Context, Hono } from 'hono';
import { NONCE, secureHeaders, type SecureHeadersVariables } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import type { LastRead } from '../ports.ts';
import type { Timelines } from '../record/timelines.ts';
import { boardContent } from './board-page.ts';
import type { Board } from './board.ts';
import type { Changes } from './changes.ts';
import { deliveryContent } from './delivery-page.ts';
import { type DeliveryView, describeDelivery } from './delivery-view.ts';
import { findChange } from './find-change.ts';
import { type Html, page } from './page.ts';
import { releaseContent, unknownRelease } from './release-page.ts';
import { describeRelease, type LinkTemplates, type ReleaseView } from './release-view.ts';
import { searchContent } from './search-page.ts';
import { stylesheet } from './stylesheet.ts';

/** Several changes of one moment are one message. */
const COALESCE_MS = 100;
const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 200;
const MAX_QUERY = 200;
const GRAPH_RELEASES = 20;
const TRACE_ID = '{[0-9a-f]{32}}';

type Env = { Variables: SecureHeadersVariables };

export interface BoardRoutesDeps {
  board: Pick<Board, 'view'>;
  lastRead: Pick<LastRead, 'config' | 'pipelines'>;
  timelines: Timelines;
  changes: Changes;
  templates: LinkTemplates;
  clock: () => Date;
}

export function boardRoutes({ board, lastRead, timelines, changes, templates, clock }: BoardRoutesDeps): Hono<Env> {
  const routes = new Hono<Env>();
  routes.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", NONCE],
        styleSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    }),
  );

  const show = (c: Context<Env>, title: string, content: Html, more: { events?: string; query?: string } = {}): Html =>
    page({
      title,
      content,
      nonce: c.get('secureHeadersNonce'),
      configUrl: lastRead.config()?.url,
      events: more.events,
      ...(more.query === undefined ? {} : { query: more.query }),
    });
  const releaseOf = (traceId: string): ReleaseView | undefined => {
    const spans = timelines.timeline(traceId);
    const pipelines = lastRead.pipelines().map(({ pipeline }) => pipeline);
    return spans && describeRelease(traceId, spans, pipelines, templates);
  };
  const delivery = (): DeliveryView => {
    const recent = timelines.recent().slice(0, GRAPH_RELEASES);
    const releases = recent.flatMap((traceId) => {
      const spans = timelines.timeline(traceId);
      return spans ? [spans] : [];
    });
    return describeDelivery(lastRead.pipelines(), releases, clock().getTime());
  };

  const live = createLive(changes);
  routes.get('/', (c) => c.html(show(c, 'Promotions', boardContent(board.view()), { events: '/events' })));
  routes.get('/events', (c) => live(c, () => boardContent(board.view())));
  routes.get('/api/board', (c) => c.json(board.view()));
  routes.get('/delivery', (c) =>
    c.html(show(c, 'Delivery', deliveryContent(delivery()), { events: '/delivery/events' })),
  );
  routes.get('/delivery/events', (c) => live(c, () => deliveryContent(delivery())));
  routes.get('/api/delivery', (c) => c.json(delivery()));
  routes.get('/search', (c) => {
    const query = queryOf(c);
    return c.html(
      show(c, 'Where is my change?', searchContent(query, findChange(query, lastRead.pipelines())), { query }),
    );
  });
  routes.get('/api/search', (c) => c.json(findChange(queryOf(c), lastRead.pipelines())));
  routes.get(`/releases/:traceId${TRACE_ID}`, (c) => {
    const traceId = c.req.param('traceId');
    const view = releaseOf(traceId);
    if (!view) return c.html(show(c, 'Release', unknownRelease(traceId)), 404);
    return c.html(show(c, `Release ${view.title}`, releaseContent(view), { events: `/releases/${traceId}/events` }));
  });
  routes.get(`/releases/:traceId${TRACE_ID}/events`, (c) => {
    const traceId = c.req.param('traceId');
    return live(c, () => {
      const view = releaseOf(traceId);
      return view ? releaseContent(view) : unknownRelease(traceId);
    });
  });
  routes.get(`/api/releases/:traceId${TRACE_ID}`, (c) => {
    const view = releaseOf(c.req.param('traceId'));
    return view ? c.json(view) : c.json({ reason: 'nothing is known of this trace' }, 404);
  });
  routes.get('/favicon.ico', (c) => c.body(null, 204));
  assets(routes);
  return routes;
}

const queryOf = (c: Context<Env>): string => c.req.query('q')?.slice(0, MAX_QUERY) ?? '';

function assets(routes: Hono<Env>): void {
  const { resolve } = createRequire(import.meta.url);
  const script = (module: string): string => readFileSync(resolve(module), 'utf8');
  const scripts = new Map([
    ['htmx.js', script('htmx.org/dist/htmx.min.js')],
    ['sse.js', script('htmx-ext-sse/dist/sse.min.js')],
  ]);
  routes.get('/assets/board.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }));
  routes.get('/assets/:name', (c) => {
    const text = scripts.get(c.req.param('name'));
    if (text === undefined) return c.notFound();
    return c.body(text, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    });
  });
}

/** Streams a page's content when it changed: what somebody has opened stays open while nothing happens. */
function createLive({ subscribe }: Changes) {
  let streams = 0;
  return (c: Context<Env>, render: () => Html): Response => {
    if (streams >= MAX_STREAMS) return c.text('too many open pages', 503, { 'retry-after': '30' });
    return streamSSE(c, async (stream) => {
      streams += 1;
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      let pending: NodeJS.Timeout | undefined;
      let last = '';
      const send = async (): Promise<void> => {
        pending = undefined;
        const content = String(await render());
        if (content === last) return;
        last = content;
        await stream.writeSSE({ event: 'content', data: content }).catch(close);
      };
      const unsubscribe = subscribe(() => {
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
  };
}
