// The steps of the Dockerfile without an engine: what they put into the image starts and serves, and writes nowhere.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from './free-port.ts';

const root = path.join(import.meta.dirname, '../..');
const PARTS = ['promoter/dist', 'promoter/package.json', 'node_modules/htmx.org', 'node_modules/htmx-ext-sse'];

let image: string;
let promoter: ChildProcess;
let url: string;

beforeAll(async () => {
  image = await mkdtemp(path.join(tmpdir(), 'promoter-image-'));
  await promisify(execFile)(process.execPath, ['promoter/build.ts'], { cwd: root });
  for (const part of PARTS)
    await cp(path.join(root, part), path.join(image, part.replace('promoter/', '')), { recursive: true });
  const [port, nobody] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${port}`;
  // Node itself refuses to write anywhere, and to start other programs.
  promoter = spawn(process.execPath, ['--permission', '--allow-fs-read=*', 'dist/server.js'], {
    cwd: image,
    stdio: 'ignore',
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'silent',
      GITHUB_API_URL: `http://127.0.0.1:${nobody}`,
      GITHUB_TOKEN: 'none',
      GITHUB_WEBHOOK_SECRET: 'a secret of the test',
      CONFIG_REPOSITORY: 'acme/gitops-config',
    },
  });
  await vi.waitFor(async () => expect((await fetch(`${url}/livez`)).status).toBe(200), 20_000);
});
afterAll(async () => {
  promoter.kill('SIGKILL');
  await rm(image, { recursive: true, force: true });
});

it('serves the board, its scripts and its metrics from the bundle alone, and is not ready without GitHub', async () => {
  const paths = ['/', '/assets/htmx.js', '/assets/sse.js', '/assets/board.css', '/metrics', '/readyz'];
  const statuses = await Promise.all(paths.map(async (route) => (await fetch(url + route)).status));

  expect(statuses).toEqual([200, 200, 200, 200, 200, 503]);
});

it('has maps beside it, by which a stack trace is read offline', async () => {
  const dist = path.join(image, 'dist');
  const reason = 'the signature is missing or wrong';
  const files = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(
    files.map(async (name) => [name, await readFile(path.join(dist, name), 'utf8')] as const),
  );
  const [file = '', text = ''] = texts.find(([, content]) => content.includes(reason)) ?? [];
  const before = text.slice(0, text.indexOf(reason)).split('\n');

  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    [
      '-c',
      `echo "at refuse (file:///app/dist/${file}:${before.length}:${before.at(-1)?.length})" | "${process.execPath}" promoter/read-stack.ts "${dist}"`,
    ],
    { cwd: root },
  );

  expect(stdout).toMatch(/^at refuse \(src\/accept\/webhook-route\.ts:\d+:\d+\)\n$/);
});

it('ends well on SIGTERM', async () => {
  promoter.kill('SIGTERM');

  expect(await once(promoter, 'close')).toEqual([0, null]);
});

it('has a Dockerfile without a finding, that copies what this test copies', async () => {
  const dockerfile = await readFile(path.join(root, 'promoter/Dockerfile'), 'utf8');

  expect(validate(dockerfile)).toEqual([]);
  for (const part of PARTS) expect(dockerfile).toContain(part);
  expect(dockerfile).toContain('CMD ["dist/server.js"]');
  expect(dockerfile).toContain('USER 65532:65532');
});
