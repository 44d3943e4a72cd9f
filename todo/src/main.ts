import { createLogger } from '@delivery/telemetry/logger';
import { createRegistry } from '@delivery/telemetry/metrics';
import { stopOnSignal } from '@delivery/telemetry/service';
import { startTracing } from '@delivery/telemetry/tracing';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from './app.ts';
import { ConfigError, parseConfig } from './config.ts';
import { openPglite } from './database/open-pglite.ts';
import { openPostgresql } from './database/open-postgresql.ts';
import { createTodoStore } from './todos/todo-store.ts';

const STOP_DEADLINE_MS = 25_000;

async function main(): Promise<void> {
  const config = parseConfig(process.env, new Date());
  const logger = createLogger({ service: 'todo', level: config.logLevel });
  const tracing = await startTracing('todo');
  const database = config.databaseUrl ? openPostgresql(config.databaseUrl) : await openPglite(config.dataDirectory);
  await database.migrate();
  const readiness = { draining: false };
  const app = createApp({
    store: createTodoStore(database.db),
    ping: () => database.ping(),
    readiness,
    registry: createRegistry('todo'),
    version: config.version,
    logger,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(config.port, config.host, resolve);
  await listening;
  const address = server.address();
  logger.info({ address, database: database.kind, version: config.version }, 'listening');

  stopOnSignal({
    logger,
    deadlineMs: STOP_DEADLINE_MS,
    steps: [
      () => {
        readiness.draining = true;
      },
      () => new Promise((closed) => void server.close(() => closed())),
      () => database.close(),
      () => tracing.shutdown(),
    ],
  });
}

try {
  await main();
} catch (error) {
  const message = error instanceof ConfigError ? error.message : `todo did not start: ${String(error)}`;
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
