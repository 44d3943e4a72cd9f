// What a test leaves behind when it is killed: nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endWithParent } from '@delivery/postgresql/end-with-parent';
import { expect, it } from 'vitest';

const START = `
  import { startPostgresql } from '@delivery/postgresql';
  import { startService } from './test/service.ts';
  const server = await startPostgresql();
  const ended = await startService({ DATA_DIRECTORY: process.env.FOLDER });
  await ended.stop();
  const service = await startService({ DATA_DIRECTORY: process.env.FOLDER });
  console.log(JSON.stringify([service.url, server.url]));`;

it('a service and a PostgreSQL server end with the test that started them, even if that is killed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'todo-killed-'));
  await chmod(folder, 0o755); // for root, PostgreSQL runs as another user
  const test = spawn(process.execPath, ['--input-type=module', '--eval', START], {
    cwd: path.join(import.meta.dirname, '..'),
    env: { PATH: process.env['PATH'], TMPDIR: folder, FOLDER: path.join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithParent(test);
  const ended = once(test, 'exit').then(() => Promise.reject(new Error('the test ended before it was killed')));
  const [line] = (await Promise.race([once(test.stdout, 'data'), ended])) as [Buffer];
  ended.catch(() => undefined);
  const urls = JSON.parse(line.toString()) as string[];
  const isRefused = async (url: string): Promise<boolean> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    try {
      await once(socket, 'connect');
      return false;
    } catch {
      return true;
    } finally {
      socket.destroy();
    }
  };
  expect(await Promise.all(urls.map(isRefused))).toEqual([false, false]);

  test.kill('SIGKILL');

  for (const url of urls) await expect.poll(() => isRefused(url), { timeout: 60_000 }).toBe(true);
  await rm(folder, { recursive: true, force: true });
});
