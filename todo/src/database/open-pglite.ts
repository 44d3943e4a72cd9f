// PGlite: PostgreSQL in this process, its files in one folder.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { type Database, MIGRATIONS_FOLDER } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import * as schema from './schema.ts';

/** @throws DirectoryLockedError when another process has the folder open: PGlite itself would lose rows. */
export async function openPglite(dataDirectory: string): Promise<Database> {
  await mkdir(dataDirectory, { recursive: true });
  const lock = await lockDirectory(dataDirectory);
  const client = await PGlite.create(path.join(dataDirectory, 'pglite'));
  const db = drizzle(client, { schema });
  return {
    kind: 'pglite',
    db,
    migrate: () => migrate(db, { migrationsFolder: MIGRATIONS_FOLDER }),
    ping: async () => {
      await client.query('select 1');
    },
    close: async () => {
      await client.close();
      await lock.release();
    },
  };
}
