// /openapi.json for programs, /docs for people.
import { type Context, Hono } from 'hono';
import { respondJson } from '../respond.ts';
import type { Description } from './docs-page.ts';

export interface DocumentRoutesDeps {
  /** Where clients reach the service; undefined to follow the request. */
  publicUrl: string | undefined;
}

export function documentRoutes({ publicUrl }: DocumentRoutesDeps): Hono {
  const load = async (c: Context) =>
    (await import('./document.ts')).createApiDocument(publicUrl ?? new URL(c.req.url).origin);
  return new Hono()
    .get('/openapi.json', async (c) => respondJson(200, await load(c)))
    .get('/docs', async (c) => {
      const [{ docsPage }, document] = await Promise.all([import('./docs-page.ts'), load(c)]);
      return c.html(docsPage(JSON.parse(JSON.stringify(document)) as Description));
    });
}
