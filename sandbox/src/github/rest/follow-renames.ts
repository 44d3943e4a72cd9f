// A repository that was renamed or transferred is answered at its number, to which its former names redirect.
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
import { Hono } from 'hono';
import { notFound } from '../errors.ts';
import type { Hub } from '../hub.ts';
import { fullName } from '../world.ts';
import type { Env } from './request.ts';

/** @param answer the API itself, for what is asked by number. */
export function followRenames(hub: Hub, answer: (request: Request) => Response | Promise<Response>): Hono<Env> {
  const { repositories } = hub.store.world;
  return new Hono<Env>()
    .all('/repositories/:id{[0-9]+}/:rest{.*}?', (c) => {
      const found = repositories.find(({ id }) => id === Number(c.req.param('id')));
      if (!found) throw notFound();
      const url = new URL(c.req.url);
      url.pathname = url.pathname.replace(/\/repositories\/\d+/, `/repos/${fullName(found)}`);
      return answer(new Request(url, c.req.raw));
    })
    .all('/repos/:owner/:repo/:rest{.*}?', async (c, next) => {
      const { owner, repo } = c.req.param();
      const former = `${owner}/${repo}`.toLowerCase();
      const found = repositories.find(({ formerNames }) => formerNames?.some((name) => name.toLowerCase() === former));
      const isTaken = repositories.some((repository) => fullName(repository).toLowerCase() === former);
      if (!found || isTaken) return next();
      const { pathname, search } = new URL(c.req.url);
      const rest = pathname.replace(/^.*?\/repos\/[^/]+\/[^/]+/, '');
      const url = `${hub.links.api}/repositories/${found.id}${rest}${search}`;
      const [status, message] =
        c.req.method === 'GET' ? ([301, 'Moved Permanently'] as const) : ([307, 'Temporary Redirect'] as const);
      return c.json({ message, url, documentation_url: 'https://docs.github.com/rest' }, status, { location: url });
    });
}
