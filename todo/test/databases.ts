// The two databases that the service supports, each really started and migrated.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgresql as startServer } from '@delivery/postgresql';
import type { Database } from '../src/database/database.ts';
import { openPglite } from '../src/database/open-pglite.ts';
import { openPostgresql } from '../src/database/open-postgresql.ts';

export interface RunningDatabase {
  database: Database;
  /** Only for PostgreSQL. */
  url?: string;
  stop(): Promise<void>;
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

export function open(url: string): Database {
  return openPostgresql({ url, poolSize: 10, statementTimeoutMs: 5_000 });
}

export async function startPostgresql(): Promise<RunningDatabase> {
  const server = await startServer();
  const database = open(server.url);
  await database.migrate();
  return {
    database,
    url: server.url,
    async stop() {
      await database.close();
      await server.stop();
    },
  };
}
