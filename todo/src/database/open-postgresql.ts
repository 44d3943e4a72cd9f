// PostgreSQL through postgres.js.
import { connect, type Socket } from 'node:net';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres, { type Options, type PostgresType } from 'postgres';
import type { Database } from './database.ts';
import { MIGRATIONS_FOLDER } from './migrations.ts';
import * as schema from './schema.ts';

export interface PostgresqlSettings {
  url: string;
  poolSize: number;
  statementTimeoutMs: number;
}

/** The advisory lock's key: any constant that no other program uses in this database. This is "todo" in ASCII. */
const MIGRATION_LOCK = 0x74_6f_64_6f;
/** Longer than any migration should take: a process that holds the lock for longer hangs. */
const MIGRATION_LOCK_TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_SECONDS = 5;
/**
 * A connection that stays silent for this many statement timeouts is closed: its peer may have vanished without closing it, as in a
 * failover. Idle connections are closed too; the next request opens a new one.
 */
const SILENT_TIMEOUTS = 3;
const CLOSE_TIMEOUT_SECONDS = 5;
const LONGEST_RECONNECT_SECONDS = 1;

type ClientOptions = Options<Record<string, PostgresType>>;

const common: ClientOptions = {
  connect_timeout: CONNECT_TIMEOUT_SECONDS,
  backoff: (retries) => Math.min(0.05 * 2 ** retries, LONGEST_RECONNECT_SECONDS),
  onnotice: () => undefined,
  fetch_types: false, // a query at the start of each client, for arrays, which no statement here has
};

/** What postgres.js passes to its `socket` option; its types declare neither. */
interface Target {
  host: readonly string[];
  port: readonly number[];
  /** Of a Unix socket; then there is no host. */
  path?: string | false;
}

/** The socket may still be connecting: writes are buffered until it is connected, and a failure closes it. */
function connectSocket({ host: [host = 'localhost'], port: [port = 5432], path }: Target, silenceMs: number): Socket {
  const socket = path ? connect(path) : connect(port, host);
  socket.setTimeout(silenceMs, () => socket.destroy());
  return Object.assign(socket, { host }); // the name that the TLS certificate must match
}

export function openPostgresql({ url, poolSize, statementTimeoutMs }: PostgresqlSettings): Database {
  const pooled: ClientOptions & { socket: (target: Target) => Socket } = {
    ...common,
    max: poolSize,
    connection: { application_name: 'todo', statement_timeout: statementTimeoutMs },
    socket: (target) => connectSocket(target, SILENT_TIMEOUTS * statementTimeoutMs),
  };
  const client = postgres(url, pooled);
  // A listening connection may be silent for hours: no timeout.
  const listener = postgres(url, { ...common, max: 1, connection: { application_name: 'todo listener' } });
  // Readiness asks on a connection of its own: requests that wait for a locked table must not take every replica out at once.
  const prober = postgres(url, {
    ...pooled,
    max: 1,
    connection: { ...pooled.connection, application_name: 'todo readiness' },
  });
  const { hostname, port, pathname } = new URL(url);
  return {
    kind: 'postgresql',
    location: { namespace: pathname.slice(1) || 'postgres', address: hostname, port: Number(port || 5432) },
    db: drizzle(client, { schema }),
    connections: poolSize,
    async appliedMigration() {
      // The first question of the start: it opens the connection that readiness needs next.
      const known = await prober`select 1 where to_regclass('drizzle.__drizzle_migrations') is not null`;
      if (known.length === 0) return 0;
      const [row] = await prober<{ newest: string | null }[]>`
        select max(created_at)::text as newest from drizzle.__drizzle_migrations`;
      return Number(row?.newest ?? 0);
    },
    migrate: () => migrateUnderLock(url),
    async ping() {
      await prober`select 1`;
    },
    async notify(channel) {
      await client.notify(channel, '');
    },
    async listen(channel, onNotification) {
      await listener.listen(channel, onNotification, onNotification);
    },
    async close() {
      await Promise.all([
        client.end({ timeout: CLOSE_TIMEOUT_SECONDS }),
        listener.end({ timeout: CLOSE_TIMEOUT_SECONDS }),
        prober.end({ timeout: CLOSE_TIMEOUT_SECONDS }),
      ]);
    },
  };
}

/** Uses its own connection: migrations may take longer than the statement timeout of a request. */
async function migrateUnderLock(url: string): Promise<void> {
  const client = postgres(url, {
    ...common,
    max: 1,
    connection: { application_name: 'todo migration', lock_timeout: MIGRATION_LOCK_TIMEOUT_MS },
  });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    await client`select pg_advisory_unlock(${MIGRATION_LOCK})`;
  } finally {
    await client.end({ timeout: CLOSE_TIMEOUT_SECONDS });
  }
}
