// PostgreSQL through postgres.js, the driver whose difference to pg is measured in bench/.
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { type Database, MIGRATIONS_FOLDER } from './database.ts';
import * as schema from './schema.ts';

/** Any constant that no other program locks in this database: "todo" in ASCII. */
const MIGRATION_LOCK = 0x74_6f_64_6f;
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_SECONDS = 10;
const STATEMENT_TIMEOUT_MS = 5_000;

export function openPostgresql(databaseUrl: string): Database {
  const client = postgres(databaseUrl, {
    max: POOL_SIZE,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    connection: { application_name: 'todo', statement_timeout: STATEMENT_TIMEOUT_MS },
    onnotice: () => undefined,
  });
  return {
    kind: 'postgresql',
    db: drizzle(client, { schema }),
    migrate: () => migrateUnderLock(databaseUrl),
    ping: async () => {
      await client`select 1`;
    },
    close: () => client.end({ timeout: 5 }),
  };
}

/** A connection of its own: migrations may take longer than a request's statement timeout allows. */
async function migrateUnderLock(databaseUrl: string): Promise<void> {
  const client = postgres(databaseUrl, { max: 1, connect_timeout: CONNECT_TIMEOUT_SECONDS, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    await client`select pg_advisory_unlock(${MIGRATION_LOCK})`;
  } finally {
    await client.end({ timeout: 5 });
  }
}
