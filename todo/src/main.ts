// The entry: the only place where the parts are composed.
import { startTelemetry, stopOnSignal } from '@delivery/telemetry';
import { createApp, createMetricsApp } from './app.ts';
import { type Config, ConfigError, help, parseConfig } from './config.ts';
import type { Database } from './database/database.ts';
import { createGate } from './database/gate.ts';
import { prepareSchema } from './database/migrations.ts';
import { publicUrlOf } from './public-url.ts';
import { startServer } from './server.ts';
import { createChangeFeed } from './todos/change-feed.ts';
import { createTodoStore } from './todos/todo-store.ts';

const STOP_DEADLINE_MS = 25_000;
const GIVE_UP_AFTER_MS = 1_000; // beyond the statement timeout, so that the database's own answer comes first
const ANNOUNCE_INTERVAL_MS = 100;
const MAX_SUBSCRIBERS = 1_000;
const MAX_SUBSCRIBERS_PER_CLIENT = 100;
const KEY_CLEANUP_INTERVAL_MS = 3_600_000;
const CHANNEL = 'todos_changed';

async function openDatabase({ database }: Config): Promise<Database> {
  // Only one of the two is loaded: PGlite is a complete PostgreSQL in WebAssembly.
  if (database.kind === 'pglite') return (await import('./database/open-pglite.ts')).openPglite(database.directory);
  return (await import('./database/open-postgresql.ts')).openPostgresql(database);
}

function resourceOf({ version, repository }: Config): Record<string, string> {
  return {
    'deployment.environment.name': version.environment,
    ...(version.image ? { 'service.version': version.image.split(':').at(-1) ?? version.image } : {}),
    ...(version.commit ? { 'vcs.ref.head.revision': version.commit } : {}),
    ...(repository ? { 'vcs.repository.url.full': repository } : {}),
  };
}

async function main(config: Config): Promise<void> {
  const telemetry = await startTelemetry({
    service: 'todo',
    logLevel: config.logLevel,
    resource: resourceOf(config),
    requestLog: config.requestLog,
    release: config.release,
    report: config.report,
  });
  const { logger, registry } = telemetry;
  const { trustedProxies } = config;
  const database = await openDatabase(config);
  const gate = createGate({
    maxPending: config.maxPending,
    deadlineMs: config.statementTimeoutMs + GIVE_UP_AFTER_MS,
  });
  telemetry.observeDatabase(database.db, {
    ...database.location,
    peerService: 'todo-db',
    pool: { connections: database.connections, pending: () => gate.pending() },
  });
  const feed = createChangeFeed({
    announce: () => database.notify(CHANNEL),
    onFailure: (error) => logger.warn({ err: error }, 'other replicas were not notified of a change'),
    intervalMs: ANNOUNCE_INTERVAL_MS,
    maxSubscribers: MAX_SUBSCRIBERS,
    maxPerClient: MAX_SUBSCRIBERS_PER_CLIENT,
  });
  const store = createTodoStore({ db: database.db, gate, onChange: () => feed.changed() });
  const readiness = { migrated: false, draining: false };
  const app = createApp({
    store,
    feed,
    readiness,
    ping: () => database.ping(),
    observe: telemetry.httpServer(),
    limit: config.rateLimit
      ? (await import('./rate-limit.ts')).rateLimit({ ...config.rateLimit, trustedProxies })
      : undefined,
    registry: config.metricsPort === undefined ? registry : undefined,
    version: config.version,
    publicUrl: publicUrlOf(config),
    trustedProxies,
    allowDeleteAll: config.allowDeleteAll,
    logger,
  });
  const server = await startServer(app, config.host, config.port);
  const metrics =
    config.metricsPort === undefined
      ? undefined
      : await startServer(createMetricsApp(registry), config.host, config.metricsPort);
  logger.info(
    {
      address: server.address,
      ...(metrics ? { metrics: metrics.address } : {}),
      database: database.kind,
      version: config.version,
    },
    'listening',
  );

  const stopping = new AbortController();
  stopOnSignal({
    logger,
    deadlineMs: config.drainMs + STOP_DEADLINE_MS,
    steps: [
      async (signal) => {
        readiness.draining = true;
        stopping.abort();
        feed.close();
        await server.drain(signal === 'SIGTERM' ? config.drainMs : 0);
      },
      () => server.close(),
      () => database.close(),
      () => metrics?.close(),
      () => telemetry.shutdown(),
    ],
  });

  await telemetry.release.during(async () => {
    await prepareSchema(database, { mode: config.migrations, logger, signal: stopping.signal });
    gate.open();
    // Ready means: one request has worked, and changes of other replicas arrive.
    await Promise.all([database.listen(CHANNEL, () => feed.announced()), store.list({ limit: 1 })]);
  });
  readiness.migrated = true;
  telemetry.release.ready();
  logger.info('ready');
  setInterval(() => {
    store.deleteExpiredKeys().catch((error: unknown) => {
      logger.warn({ err: error }, 'expired idempotency keys were not deleted');
    });
  }, KEY_CLEANUP_INTERVAL_MS).unref();
}

if (process.argv.includes('--help')) {
  process.stdout.write(help());
} else {
  try {
    await main(parseConfig(new Date()));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) {
      const message = error instanceof ConfigError ? error.message : `todo did not start: ${String(error)}`;
      process.stderr.write(`${message}\n`);
      process.exit(1);
    }
  }
}
