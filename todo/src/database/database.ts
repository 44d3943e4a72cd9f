import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** Drizzle over any driver: PGlite and postgres.js serve the same schema. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  readonly kind: 'pglite' | 'postgresql';
  /** Where it is, for people and spans; no secrets. */
  readonly location: { namespace: string; address?: string; port?: number };
  readonly db: Db;
  /** Requests to the database that may run at once; more wait. */
  readonly connections: number;
  /** When the newest migration that was applied was written, milliseconds since 1970; 0 when there is none. */
  appliedMigration(): Promise<number>;
  /** Applies the committed migrations that are pending, under a lock, so that replicas may start together. */
  migrate(): Promise<void>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Tells every process on this database, this one included. */
  notify(channel: string): Promise<void>;
  /** Calls back on every notification, and once after each reconnection: what came between is not known. */
  listen(channel: string, onNotification: () => void): Promise<void>;
  close(): Promise<void>;
}
