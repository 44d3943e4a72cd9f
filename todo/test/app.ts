// The app as main.ts composes it, on a database that a test started.
import { startTelemetry } from '@delivery/telemetry';
import type { Hono } from 'hono';
import { createApp } from '../src/app.ts';
import type { Version } from '../src/config.ts';
import type { Database } from '../src/database/database.ts';
import { createGate } from '../src/database/gate.ts';
import { publicUrlOf } from '../src/public-url.ts';
import { type ChangeFeed, createChangeFeed } from '../src/todos/change-feed.ts';
import { createTodoStore } from '../src/todos/todo-store.ts';

export const version: Version = {
  image: 'ghcr.io/acme/todo:main-42-3f2a9c1',
  digest: `sha256:${'ab'.repeat(32)}`,
  commit: '3f2a9c1'.padEnd(40, '0'),
  environment: 'test',
  started: '2026-11-25T10:00:00.000Z',
};

export interface TestApp {
  app: Hono;
  feed: ChangeFeed;
  readiness: { migrated: boolean; draining: boolean };
}

export interface TestAppOptions {
  allowDeleteAll?: boolean;
  publicUrl?: string;
  trustedProxies?: number;
}

export async function createTestApp(
  database: Database,
  { allowDeleteAll = true, publicUrl, trustedProxies = 0 }: TestAppOptions = {},
): Promise<TestApp> {
  const telemetry = await startTelemetry({ service: 'todo', logLevel: 'silent', resource: {} });
  const gate = createGate({ maxPending: 1_000, deadlineMs: 30_000 });
  gate.open();
  telemetry.observeDatabase(database.db, {
    ...database.location,
    peerService: 'todo-db',
    pool: { connections: database.connections, pending: () => gate.pending() },
  });
  const feed = createChangeFeed({
    announce: () => database.notify('todos_changed'),
    onFailure: () => undefined,
    intervalMs: 10,
    maxSubscribers: 3,
    maxPerClient: 3,
  });
  await database.listen('todos_changed', () => feed.announced());
  const readiness = { migrated: true, draining: false };
  const app = createApp({
    store: createTodoStore({ db: database.db, gate, onChange: () => feed.changed() }),
    feed,
    readiness,
    ping: () => database.ping(),
    observe: telemetry.httpServer(),
    limit: undefined,
    registry: telemetry.registry,
    version,
    publicUrl: publicUrlOf({ publicUrl, trustedProxies }),
    trustedProxies,
    allowDeleteAll,
    logger: telemetry.logger,
  });
  return { app, feed, readiness };
}
