// Migrates the database to the version that this release needs, or waits until another process has done so.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@delivery/telemetry';
import { z } from 'zod';
import type { Database } from './database.ts';
import { unavailableCode } from './unavailable.ts';

/** `apply` changes the schema; `wait` leaves that to `npm run migrate`, which may use another database role. */
export type MigrationMode = 'apply' | 'wait';

const JOURNAL = fileURLToPath(import.meta.resolve('#migrations/meta/_journal.json'));
export const MIGRATIONS_FOLDER = path.dirname(path.dirname(JOURNAL));

const Journal = z.object({ entries: z.array(z.object({ when: z.number() })).nonempty() });

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** @returns when the newest migration of this release was written: the version that it needs. */
export async function requiredMigration(): Promise<number> {
  const { entries } = Journal.parse(JSON.parse(await readFile(JOURNAL, 'utf8')));
  return Math.max(...entries.map(({ when }) => when));
}

/**
 * Resolves when the schema is at least as new as this release needs. Retries while the database is unavailable.
 * @throws the database's error for a migration or a connection that cannot succeed.
 */
export async function prepareSchema(
  database: Database,
  { mode, logger, signal }: { mode: MigrationMode; logger: Logger; signal: AbortSignal },
): Promise<void> {
  const required = await requiredMigration();
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
    signal.throwIfAborted();
    try {
      if ((await database.appliedMigration()) >= required) return;
      if (mode === 'apply') {
        await database.migrate();
        logger.info({ required }, 'migrated');
        return;
      }
      logger.info({ required, retryMs }, 'waiting for migrations');
    } catch (error) {
      const code = unavailableCode(error);
      if (code === undefined) throw error;
      logger.warn({ code, retryMs }, 'waiting for the database');
    }
    await wait(retryMs, undefined, { signal });
  }
}
