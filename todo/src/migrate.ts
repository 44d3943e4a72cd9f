// `npm run migrate`: migrates the database to the version that this release needs, and exits. For a job before the rollout.
import { createLogger } from '@delivery/telemetry/logger';
import { ConfigError, parseConfig } from './config.ts';
import { prepareSchema } from './database/migrations.ts';
import { openPostgresql } from './database/open-postgresql.ts';

const DEADLINE_MS = 300_000;

try {
  const { database: settings, logLevel } = parseConfig(new Date());
  if (settings.kind !== 'postgresql') {
    throw new ConfigError('Set DATABASE_URL: PGlite is migrated by the service itself.');
  }
  const database = openPostgresql(settings);
  const logger = createLogger({ service: 'todo-migrate', level: logLevel });
  await prepareSchema(database, { mode: 'apply', logger, signal: AbortSignal.timeout(DEADLINE_MS) });
  logger.info('the database is up to date');
  await database.close();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : `migrate: ${String(error)}`}\n`);
  process.exit(1);
}
