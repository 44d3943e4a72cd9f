// Addresses in responses behind a proxy that ends TLS.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp } from './app.ts';
import { type RunningDatabase, startPglite } from './databases.ts';

let running: RunningDatabase;
beforeAll(async () => {
  running = await startPglite();
});
afterAll(() => running.stop());

it.each([
  ['a proxy that is trusted says', 1, 'https', 'https:'],
  ['the outermost trusted proxy says', 2, 'http, https, http', 'https:'],
  ['nobody says', 1, undefined, 'http:'],
  ['a client only claims', 0, 'https', 'http:'],
])('todos are reached by the scheme that %s', async (_who, trustedProxies, forwarded, scheme) => {
  const behindProxy = await createTestApp(running.database, { trustedProxies });
  const headers = {
    'content-type': 'application/json',
    ...(forwarded === undefined ? {} : { 'x-forwarded-proto': forwarded }),
  };

  const created = await behindProxy.app.request('/todos', { method: 'POST', body: '{"title":"a"}', headers });
  const listed = await behindProxy.app.request('/todos', { headers });
  const document = await behindProxy.app.request('/openapi.json', { headers });

  expect(((await created.json()) as { url: string }).url).toMatch(new RegExp(`^${scheme}//localhost/todos/`));
  expect(created.headers.get('location')).toMatch(new RegExp(`^${scheme}//localhost/todos/`));
  expect(listed.headers.get('link')).toContain(`<${scheme}//localhost/todos`);
  expect(await document.json()).toMatchObject({ servers: [{ url: `${scheme}//localhost` }] });
});
