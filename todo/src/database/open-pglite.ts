// PGlite: PostgreSQL in this process, with its files in one folder.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Database } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { MIGRATIONS_FOLDER } from './migrations.ts';
import * as schema from './schema.ts';

/** @throws DirectoryLockedError when another process has the folder open: without the lock, PGlite would lose rows. */
export async function openPglite(dataDirectory: string): Promise<Database> {
  await mkdir(dataDirectory, { recursive: true });
  const lock = await lockDirectory(dataDirectory);
  const client = await PGlite.create(path.join(dataDirectory, 'pglite'), { extensions: { pg_trgm } });
  const db = drizzle(client, { schema });
  return {
    kind: 'pglite',
    location: { namespace: 'pglite' },
    db,
    connections: 1,
    async appliedMigration() {
      const known = await client.query(`select 1 where to_regclass('drizzle.__drizzle_migrations') is not null`);
      if (known.rows.length === 0) return 0;
      const { rows } = await client.query<{ newest: string | null }>(
        'select max(created_at)::text as newest from drizzle.__drizzle_migrations',
      );
      return Number(rows[0]?.newest ?? 0);
    },
    migrate: () => migrate(db, { migrationsFolder: MIGRATIONS_FOLDER }),
    async ping() {
      await client.query('select 1');
    },
    async notify(channel) {
      await client.query('select pg_notify($1, $2)', [channel, '']);
    },
    async listen(channel, onNotification) {
      await client.listen(channel, onNotification);
    },
    async close() {
      await client.close();
      await lock.release();
    },
  };
}
