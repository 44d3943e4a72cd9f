// /openapi.json for programs, /docs for people.
import { type Context, Hono } from 'hono';
import type { PublicUrl } from '../public-url.ts';
import { respondJson } from '../respond.ts';
import type { Description } from './docs-page.ts';

export interface DocumentRoutesDeps {
  publicUrl: PublicUrl;
}

export function documentRoutes({ publicUrl }: DocumentRoutesDeps): Hono {
  const load = async (c: Context) => (await import('./document.ts')).createApiDocument(publicUrl(c));
  return new Hono()
    .get('/openapi.json', async (c) => respondJson(200, await load(c)))
    .get('/docs', async (c) => {
      const [{ docsPage }, document] = await Promise.all([import('./docs-page.ts'), load(c)]);
      return c.html(docsPage(JSON.parse(JSON.stringify(document)) as Description));
    });
}
