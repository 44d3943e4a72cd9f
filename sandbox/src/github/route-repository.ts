import type { Context } from 'hono';
import { type Hub, repositoryOf } from './hub.ts';
import type { Repository } from './world.ts';

/** The repository of a route below `/:owner/:repo`. @throws ApiError 404 */
export function routeRepository(hub: Hub, c: Context): Repository {
  const { owner, repo } = c.req.param() as Record<string, string>;
  if (owner === undefined || repo === undefined) throw new Error(`${c.req.path} has no owner and repository`);
  return repositoryOf(hub, owner, repo);
}
