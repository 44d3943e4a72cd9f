import type { Logger, Registry } from '@delivery/telemetry';
import { Hono, type MiddlewareHandler } from 'hono';
import { documentRoutes } from './api-document/document-routes.ts';
import type { Version } from './config.ts';
import { UnavailableError } from './database/unavailable.ts';
import { type HealthDeps, healthRoutes } from './health-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { pageHeaders, pageRoutes } from './page/page-routes.ts';
import { methodNotAllowed, problem } from './problem.ts';
import { createRefusalLog } from './refusal-log.ts';
import { respondJson, respondToPreflight } from './respond.ts';
import { type EventRoutesDeps, eventRoutes } from './todos/event-routes.ts';
import { type TodoRoutesDeps, todoRoutes } from './todos/todo-routes.ts';

export interface AppDeps extends HealthDeps, TodoRoutesDeps, EventRoutesDeps {
  /** Spans and durations of every request except probes and scrapes. */
  observe: MiddlewareHandler;
  /** Undefined for no limit. */
  limit: MiddlewareHandler | undefined;
  /** Undefined where /metrics has a port of its own. */
  registry: Registry | undefined;
  version: Version;
  logger: Logger;
}

/** What answers GET alone; the other routes refuse other methods themselves. */
const ONLY_READ = ['/', '/docs', '/openapi.json', '/version', '/livez', '/readyz', '/favicon.ico', '/page/:file'];

export function createApp(deps: AppDeps): Hono {
  const { observe, limit, registry, version, logger } = deps;
  const logRefusal = createRefusalLog(logger);
  const app = new Hono();
  app.route('/', healthRoutes(deps));
  if (registry) app.route('/', metricsRoutes(registry));
  app.use(observe);
  app.options('*', () => respondToPreflight());
  for (const path of ['/', '/docs', '/page/*']) app.use(path, pageHeaders);
  if (limit) app.use(limit);
  app.get('/version', () => respondJson(200, version));
  app.route('/todos', todoRoutes(deps));
  app.route('/', eventRoutes(deps));
  app.route('/', documentRoutes(deps));
  app.route('/', pageRoutes(version));
  for (const path of ONLY_READ) app.all(path, (c) => methodNotAllowed(c, 'GET, HEAD'));
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

/** For a port of its own. */
export function createMetricsApp(registry: Registry): Hono {
  return new Hono()
    .route('/', metricsRoutes(registry))
    .notFound((c) => problem(404, `There is nothing at ${c.req.path}.`));
}
