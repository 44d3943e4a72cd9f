// REST and GraphQL, behind what GitHub does for every call: authentication, rate limits, conditional requests. And the faults.
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { Hono } from 'hono';
import { ApiError } from './errors.ts';
import { graphqlRoute, operationNames } from './graphql/graphql-route.ts';
import type { Hub } from './hub.ts';
import { accountRoutes } from './rest/account-routes.ts';
import { appRoutes } from './rest/app-routes.ts';
import { checkRoutes } from './rest/check-routes.ts';
import { deploymentRoutes } from './rest/deployment-routes.ts';
import { followRenames } from './rest/follow-renames.ts';
import { gitDataRoutes } from './rest/git-data-routes.ts';
import { pullRequestRoutes } from './rest/pull-request-routes.ts';
import { createRateLimits } from './rest/rate-limits.ts';
import { repositoryRoutes } from './rest/repository-routes.ts';
import type { Env } from './rest/request.ts';

const DOCUMENTATION = 'https://docs.github.com/rest';

export function createApi(hub: Hub, schema: GraphQLSchema): Hono<Env> {
  const limits = createRateLimits(hub.clock);
  const api = new Hono<Env>();

  api.onError((error, c) => {
    const known =
      error instanceof ApiError ? error : new ApiError(500, `The stand-in failed: ${error.stack ?? error.message}`);
    const body = {
      message: known.message,
      ...(known.errors ? { errors: known.errors } : {}),
      documentation_url: DOCUMENTATION,
      status: String(known.status),
    };
    return c.json(body, known.status);
  });
  api.notFound((c) => c.json({ message: 'Not Found', documentation_url: DOCUMENTATION, status: '404' }, 404));

  api.use(async (c, next) => {
    if (hub.faults.latencyMs > 0) await wait(hub.faults.latencyMs);
    const isGraphql = new URL(c.req.url).pathname.endsWith('/graphql');
    const resource = isGraphql ? 'graphql' : 'core';
    c.header('x-github-request-id', randomUUID());
    c.header('x-github-media-type', 'github.v3; format=json');
    c.header('x-github-api-version-selected', '2022-11-28');
    c.set('caller', await hub.callers.identify(c.req.header('authorization')));
    const operation = isGraphql
      ? operationNames((await c.req.json<{ query?: string }>()).query).join(' ')
      : `${c.req.method} ${c.req.path}`;
    const fault = hub.faults.takeApiFault(operation);
    limits.setHeaders(c, resource);
    if (fault?.kind === 'error-before') throw new ApiError(fault.status as 502, 'Server Error');
    if (fault?.kind === 'secondary-limit') {
      c.header('retry-after', String(fault.retryAfterSeconds));
      throw new ApiError(
        403,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      );
    }
    if (fault?.kind === 'answer') {
      const headers = { 'content-type': 'application/json; charset=utf-8', ...fault.headers };
      return new Response(JSON.stringify(fault.body), { status: fault.status, headers });
    }
    await hub.faults.notify(operation, 'before');
    await next();
    await hub.faults.notify(operation, 'after');
    if (fault?.kind === 'error-after') {
      c.res = new Response(JSON.stringify({ message: 'Server Error' }), {
        status: fault.status,
        headers: { 'content-type': 'application/json' },
      });
      return undefined;
    }
    if (c.req.method === 'GET' && c.res.status === 200) {
      const etag = `W/"${createHash('sha256')
        .update(await c.res.clone().text())
        .digest('hex')}"`;
      c.header('etag', etag);
      if (c.req.header('if-none-match') === etag) {
        c.res = new Response(null, { status: 304, headers: { etag } });
        limits.setHeaders(c, resource);
        return undefined; // a 304 costs nothing
      }
    }
    if (!c.req.path.endsWith('/rate_limit')) limits.charge(c, resource);
    limits.setHeaders(c, resource);
    return undefined;
  });

  api.route(
    '/',
    followRenames(hub, (request) => api.fetch(request)),
  );
  api.post('/graphql', graphqlRoute(hub, schema, limits));
  for (const routes of [repositoryRoutes, gitDataRoutes, pullRequestRoutes, checkRoutes, deploymentRoutes, appRoutes]) {
    api.route('/', routes(hub));
  }
  api.route('/', accountRoutes(hub, limits));
  return api;
}
