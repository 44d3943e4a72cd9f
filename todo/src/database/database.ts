import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** Drizzle over any driver: PGlite and postgres.js serve the same schema. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  readonly kind: 'pglite' | 'postgresql';
  /** For logs and spans; contains no secrets. */
  readonly location: { namespace: string; address?: string; port?: number };
  readonly db: Db;
  /** Statements that may run at the same time; further ones wait. */
  readonly connections: number;
  /** The version of the schema: when the newest applied migration was written, milliseconds since 1970; 0 without one. */
  appliedMigration(): Promise<number>;
  /** Applies pending migrations under a lock, so that replicas may start at the same time. */
  migrate(): Promise<void>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Notifies every process on this database, including this one. */
  notify(channel: string): Promise<void>;
  /** Calls back on every notification, and once after each reconnect, since notifications may have been missed. */
  listen(channel: string, onNotification: () => void): Promise<void>;
  close(): Promise<void>;
}
