// The services that are compared: each runs as its own process that is started, measured and stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '@delivery/postgresql';
import { endWithParent } from '@delivery/postgresql/end-with-parent';

export interface Contender {
  name: string;
  command: (port: number) => string[];
  env?: Record<string, string>;
}

export interface RunningContender {
  readonly name: string;
  readonly url: string;
  /** From the spawn to the first response that says it is ready. */
  readonly readyMs: number;
  /** CPU time of the process and its children so far, in seconds. */
  cpuSeconds(): Promise<number>;
  /** Peak memory of all its processes together so far, in MB. */
  peakMegabytes(): Promise<number>;
  stop(): Promise<void>;
}

const folder = path.join(import.meta.dirname, 'contenders');
const READY_TIMEOUT_MS = 20_000;
/** As in the image. */
const NODE_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=64'];
const CLOCK_TICKS_PER_SECOND = 100;

const node = (...args: string[]) => [process.execPath, ...args];
const todo = () => node(...NODE_FLAGS, path.join(import.meta.dirname, '../dist/main.js'));

export const BARE: Contender = { name: 'bare', command: () => node(path.join(folder, 'bare.mjs')) };
export const TODO: Contender = { name: 'todo', command: todo, env: { LOG_LEVEL: 'warn' } };
export const FASTIFY: Contender = { name: 'fastify', command: () => node(path.join(folder, 'fastify.mjs')) };
export const FLASK: Contender = {
  name: 'flask',
  // Debian's own interpreter, which finds Debian's packages.
  command: (port) => [
    '/usr/bin/python3',
    '-m',
    'gunicorn',
    '--workers=2',
    '--threads=4',
    `--bind=127.0.0.1:${port}`,
    `--chdir=${folder}`,
    '--log-level=warning',
    'flask_app:app',
  ],
};
export function tracedTodo(sinkUrl: string): Contender {
  return { ...TODO, name: 'todo traced', env: { ...TODO.env, OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl } };
}

/** @returns why Flask cannot be measured here, or undefined. */
export async function missingForFlask(): Promise<string | undefined> {
  const check = spawn('/usr/bin/python3', ['-c', 'import flask, sqlalchemy, psycopg2, gunicorn'], { stdio: 'ignore' });
  const code = await new Promise((resolve) => check.once('error', () => resolve(1)).once('close', resolve));
  return code === 0
    ? undefined
    : "Debian's python3-flask, python3-sqlalchemy, python3-psycopg2 and gunicorn are not installed";
}

async function processTree(id: number): Promise<number[]> {
  const children = await readFile(`/proc/${id}/task/${id}/children`, 'utf8').catch(() => '');
  const below = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(processTree));
  return [id, ...below.flat()];
}

export async function startContender(contender: Contender, databaseUrl: string): Promise<RunningContender> {
  const port = await freePort();
  const [command = '', ...args] = contender.command(port);
  const started = performance.now();
  const child: ChildProcess = spawn(command, args, {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      ...contender.env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endWithParent(child);
  const url = `http://127.0.0.1:${port}`;
  const id = child.pid;
  if (id === undefined) throw new Error(`${contender.name} could not be started: ${command}`);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${contender.name} ended with ${child.exitCode}`);
    if (performance.now() - started > READY_TIMEOUT_MS) throw new Error(`${contender.name} did not become ready`);
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
  }
  const readyMs = performance.now() - started;

  return {
    name: contender.name,
    url,
    readyMs,
    async cpuSeconds() {
      let ticks = 0;
      for (const each of await processTree(id)) {
        const fields = (await readFile(`/proc/${each}/stat`, 'latin1')).replace(/^.*\) /s, '').split(' ');
        ticks += Number(fields[11]) + Number(fields[12]); // utime and stime: proc(5)
      }
      return ticks / CLOCK_TICKS_PER_SECOND;
    },
    async peakMegabytes() {
      let kilobytes = 0;
      for (const each of await processTree(id)) {
        const status = await readFile(`/proc/${each}/status`, 'utf8');
        kilobytes += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
      }
      return kilobytes / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'close');
    },
  };
}
