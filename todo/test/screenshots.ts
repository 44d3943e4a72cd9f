// `npm run screenshots -w todo`: the page, wide and narrow, light and dark, and the API documentation, into docs/screenshots/.
import path from 'node:path';
import { launchBrowser } from '@delivery/chromium';
import { startServer } from '../src/server.ts';
import { createTestApp } from './app.ts';
import { startPglite } from './databases.ts';

const FOLDER = path.join(import.meta.dirname, '../../docs/screenshots');
const WIDE = { width: 1200, height: 800 };
const NARROW = { width: 390, height: 844 };

const running = await startPglite();
const { app, feed } = await createTestApp(running.database);
const server = await startServer(app, '127.0.0.1', 0);
const url = `http://127.0.0.1:${server.address.port}`;
const browser = await launchBrowser();

for (const [title, completed] of [
  ['Tag the release', true],
  ['Read the pull request that ships it to prod', false],
  ['Approve it, at the head that was reviewed, before the review of somebody else who saw an older one', false],
  ['Water the plants', false],
]) {
  await app.request('/todos', {
    method: 'POST',
    body: JSON.stringify({ title, completed }),
    headers: { 'content-type': 'application/json' },
  });
}

for (const [name, viewport, colorScheme, route] of [
  ['todo-wide', WIDE, 'light', '/'],
  ['todo-wide-dark', WIDE, 'dark', '/'],
  ['todo-narrow', NARROW, 'light', '/'],
  ['todo-narrow-dark', NARROW, 'dark', '/'],
  ['todo-docs', WIDE, 'light', '/docs'],
  ['todo-docs-narrow', NARROW, 'dark', '/docs'],
] as const) {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(url + route);
  await page
    .locator(route === '/' ? '.todo-list li' : 'h1')
    .first()
    .waitFor();
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: route === '/' });
  await page.close();
}

await browser.close();
feed.close();
await server.close();
await running.stop();
