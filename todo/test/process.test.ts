// The program as it is started in an image: environment in, HTTP out, signals honoured.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { freePort } from '@delivery/postgresql';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const started = new Date('2026-11-23T10:00:00Z');

describe('configuration', () => {
  it('splits the image reference into name and digest', () => {
    const { version } = parseConfig({ IMAGE: `ghcr.io/acme/todo:main-1-abc@${DIGEST}`, COMMIT: 'abc' }, started);

    expect(version).toEqual({
      image: 'ghcr.io/acme/todo:main-1-abc',
      digest: DIGEST,
      commit: 'abc',
      environment: 'local',
      started: '2026-11-23T10:00:00.000Z',
    });
  });

  it('reports every problem at once', () => {
    const wrong = { PORT: '70000', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' };

    expect(() => parseConfig(wrong, started)).toThrow(/3 problem[\s\S]*PORT[\s\S]*DATABASE_URL[\s\S]*LOG_LEVEL/);
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseConfig({ DATABASE_URL: '', PORT: '' }, started)).toMatchObject({
      database: { kind: 'pglite' },
      port: 3000,
    });
  });
});

describe('the program', () => {
  let directory: string;
  let processes: ChildProcess[];
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'todo-process-'));
    processes = [];
  });
  afterEach(async () => {
    for (const child of processes) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  /** Starts the service and resolves when it logs that it is ready, or with what it printed when it exits first. */
  async function start(env: Record<string, string>): Promise<{ child: ChildProcess; errors: string }> {
    const child = spawn(process.execPath, ['src/main.ts'], {
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', DATA_DIRECTORY: directory, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    processes.push(child);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const { promise, resolve } = Promise.withResolvers<void>();
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('"ready"') && resolve());
    child.once('close', () => resolve());
    await promise;
    return { child, errors };
  }

  it('keeps what it acknowledged when it is killed, and stops cleanly on SIGTERM', async () => {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}/todos`;
    const { child: first } = await start({ PORT: port });
    await fetch(url, { method: 'POST', body: '{"title":"survives"}', headers: { 'content-type': 'application/json' } });
    first.kill('SIGKILL');
    await once(first, 'close');

    const { child: second } = await start({ PORT: port });
    const list = (await (await fetch(url)).json()) as { title: string }[];
    second.kill('SIGTERM');
    const [code] = (await once(second, 'close')) as [number];

    expect(list.map((todo) => todo.title)).toEqual(['survives']);
    expect(code).toBe(0);
  });

  it('refuses a data folder that another process has open, and says which', async () => {
    await writeFile(path.join(directory, 'lock'), String(process.pid));

    const { child, errors } = await start({ PORT: '0' });

    expect(child.exitCode).toBe(1);
    expect(errors).toContain(`in use by process ${process.pid}`);
  });
});
