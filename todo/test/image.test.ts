// The steps of the Dockerfile without a container engine: their result starts and serves, on a read-only file system.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { validate } from 'dockerfile-utils';
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

/** @returns a hash of each file of the bundle. */
async function bundle(): Promise<Record<string, string>> {
  await promisify(execFile)(process.execPath, ['todo/build.ts'], { cwd: root });
  const dist = path.join(root, 'todo/dist');
  const files = await readdir(dist);
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file): Promise<[string, string]> => [
        file,
        createHash('sha256')
          .update(await readFile(path.join(dist, file)))
          .digest('hex'),
      ]),
    ),
  );
}

it('is reproducible byte by byte', async () => {
  const first = await bundle();

  expect(Object.keys(first)).toContain('main.js');
  expect(await bundle()).toEqual(first);
});

it('has a Dockerfile without a finding', async () => {
  expect(validate(await readFile(path.join(root, 'todo/Dockerfile'), 'utf8'))).toEqual([]);
  expect(validate('FROM node:24\nCOPPY a b').map(({ message }) => message)).toHaveLength(1); // the linter works
});

it('serves the API, the page and the documentation from the bundle alone', async () => {
  const program = path.join(image, 'app/dist/main.js');
  const data = path.join(image, 'data');
  // Node's permission model refuses to write anywhere but to the image's volume, and to start other programs.
  const permissions = `--permission --allow-fs-read=* --allow-fs-write=${data}`;
  const service = await startService({ DATA_DIRECTORY: data, NODE_OPTIONS: permissions }, { program });

  const paths = ['/readyz', '/', '/page/main.js', '/docs', '/openapi.json', '/todos', '/metrics'];
  const statuses = await Promise.all(paths.map(async (route) => (await fetch(service.url + route)).status));

  expect(statuses).toEqual(Array(paths.length).fill(200));
  expect(await service.stop('SIGTERM')).toBe(0);
});

it('has a Dockerfile that copies what this test copies, and starts it like this test', async () => {
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
