// The page, and the files that it loads: browsers get the files in browser/ as they are.
import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';
import type { Version } from '../config.ts';
import { todoPage } from './todo-page.ts';

const TYPES = {
  'api.js': 'text/javascript; charset=utf-8',
  'colors.css': 'text/css; charset=utf-8',
  'docs.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'list-view.js': 'text/javascript; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'todo.css': 'text/css; charset=utf-8',
} as const;

export function pageRoutes(version: Version): Hono {
  const page = todoPage(version);
  const routes = new Hono();
  routes.get('/', async (c) => c.html(await page));
  routes.get('/favicon.ico', (c) => c.redirect('/page/icon.svg', 301));
  for (const [file, type] of Object.entries(TYPES)) {
    // no-cache makes browsers revalidate (mostly answered 304): a new release must not run with the old scripts.
    routes.get(`/page/${file}`, etag(), async (c) =>
      c.body(await readFile(new URL(import.meta.resolve(`#page/${file}`)), 'utf8'), 200, {
        'content-type': type,
        'cache-control': 'no-cache',
      }),
    );
  }
  return routes;
}

/** Security headers for everything that a browser renders. */
export const pageHeaders = secureHeaders({
  crossOriginResourcePolicy: 'cross-origin',
  xFrameOptions: 'DENY',
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});
