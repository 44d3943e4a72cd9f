import type { Logger, Registry } from '@delivery/telemetry';
import { Hono, type MiddlewareHandler } from 'hono';
import { documentRoutes } from './api-document/document-routes.ts';
import type { Version } from './config.ts';
import { UnavailableError } from './database/unavailable.ts';
import { type HealthDeps, healthRoutes } from './health-routes.ts';
import { pageHeaders, pageRoutes } from './page/page-routes.ts';
import { problem } from './problem.ts';
import { createRefusalLog } from './refusal-log.ts';
import { respondJson, respondToPreflight } from './respond.ts';
import type { ChangeFeed } from './todos/change-feed.ts';
import { eventRoutes } from './todos/event-routes.ts';
import { type TodoRoutesDeps, todoRoutes } from './todos/todo-routes.ts';

export interface AppDeps extends HealthDeps, TodoRoutesDeps {
  feed: ChangeFeed;
  /** Spans and durations of every request except probes and scrapes. */
  observe: MiddlewareHandler;
  /** Undefined for no limit. */
  limit: MiddlewareHandler | undefined;
  registry: Registry;
  version: Version;
  logger: Logger;
}

export function createApp(deps: AppDeps): Hono {
  const { observe, limit, feed, registry, version, logger } = deps;
  const logRefusal = createRefusalLog(logger);
  const app = new Hono();
  app.route('/', healthRoutes(deps));
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  app.use(observe);
  app.options('*', () => respondToPreflight());
  for (const path of ['/', '/docs', '/page/*']) app.use(path, pageHeaders);
  if (limit) app.use(limit);
  app.get('/version', () => respondJson(200, version));
  app.route('/todos', todoRoutes(deps));
  app.route('/', eventRoutes(feed));
  app.route('/', documentRoutes(deps));
  app.route('/', pageRoutes(version));
  app.notFound((c) => problem(404, `There is nothing at ${c.req.path}.`));
  app.onError((error, c) => {
    if (error instanceof UnavailableError) {
      logRefusal({ reason: error.message, method: c.req.method, path: c.req.path });
      return problem(503, error.message, { headers: { 'retry-after': String(error.retryAfterSeconds) } });
    }
    logger.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed');
    return problem(500, 'The request failed; the log has the reason.');
  });
  return app;
}
