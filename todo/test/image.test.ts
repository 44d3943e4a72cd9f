// The steps of the Dockerfile without an engine: what they put into the image starts and serves, read-only.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startService } from './service.ts';

const root = path.join(import.meta.dirname, '../..');
let image: string;
beforeAll(async () => {
  image = await mkdtemp(path.join(tmpdir(), 'todo-image-'));
  await promisify(execFile)(process.execPath, ['todo/build.ts'], { cwd: root });
  for (const part of ['dist', 'package.json', 'migrations', 'src/page/browser']) {
    await cp(path.join(root, 'todo', part), path.join(image, 'app', part), { recursive: true });
  }
  const pglite = 'node_modules/@electric-sql/pglite';
  await cp(path.join(root, pglite), path.join(image, 'app', pglite), { recursive: true });
  await mkdir(path.join(image, 'data'));
  await promisify(execFile)('chmod', ['-R', 'a-w', path.join(image, 'app')]);
});
afterAll(async () => {
  await promisify(execFile)('chmod', ['-R', 'u+w', image]);
  await rm(image, { recursive: true, force: true });
});

it('serves the API, the page and its documents from the bundle alone', async () => {
  const program = path.join(image, 'app/dist/main.js');
  const service = await startService({ DATA_DIRECTORY: path.join(image, 'data') }, { program });

  const paths = ['/readyz', '/', '/page/main.js', '/docs', '/openapi.json', '/todos', '/metrics'];
  const statuses = await Promise.all(paths.map(async (route) => (await fetch(service.url + route)).status));

  expect(statuses).toEqual(Array(paths.length).fill(200));
  expect(await service.stop('SIGTERM')).toBe(0);
});

it('copies in the Dockerfile what this test copies, and starts it as this test does', async () => {
  const dockerfile = await readFile(path.join(root, 'todo/Dockerfile'), 'utf8');

  for (const part of [
    'todo/dist',
    'todo/package.json',
    'todo/migrations',
    'todo/src/page/browser',
    'node_modules/@electric-sql/pglite',
  ])
    expect(dockerfile).toContain(part);
  expect(dockerfile).toContain('CMD ["dist/main.js"]');
  expect(dockerfile).toContain('USER 65532:65532');
});
