import type { Logger } from '@delivery/telemetry/logger';
import type { Registry } from '@delivery/telemetry/metrics';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { Version } from './config.ts';
import { healthRoutes, type Readiness } from './health-routes.ts';
import { httpMetrics } from './http-metrics.ts';
import { pageRoutes } from './page/page-routes.ts';
import { problem } from './problem.ts';
import { todoRoutes } from './todos/todo-routes.ts';
import type { TodoStore } from './todos/todo-store.ts';

const BODY_LIMIT_BYTES = 64 * 1024;

export interface AppDeps {
  store: TodoStore;
  ping: () => Promise<void>;
  readiness: Readiness;
  registry: Registry;
  version: Version;
  logger: Logger;
}

export function createApp({ store, ping, readiness, registry, version, logger }: AppDeps): Hono {
  const app = new Hono();
  app.route('/', healthRoutes(ping, readiness));
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  app.use(httpMetrics(registry));
  app.use(
    secureHeaders({
      crossOriginResourcePolicy: 'cross-origin',
      contentSecurityPolicy: { defaultSrc: ["'self'"], frameAncestors: ["'none'"], formAction: ["'self'"] },
    }),
  );
  app.use('/todos/*', cors());
  app.use(
    bodyLimit({
      maxSize: BODY_LIMIT_BYTES,
      onError: (c) => problem(c, 413, `A body may have at most ${BODY_LIMIT_BYTES} bytes.`),
    }),
  );
  app.get('/version', (c) => c.json(version));
  app.route('/todos', todoRoutes(store));
  app.route('/', pageRoutes(store, version));
  app.notFound((c) => problem(c, 404, `There is nothing at ${c.req.path}.`));
  app.onError((error, c) => {
    logger.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed');
    return problem(c, 500, 'The request failed; the log says why.');
  });
  return app;
}
