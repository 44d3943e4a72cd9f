import { not, sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const todos = pgTable(
  'todos',
  {
    // BY DEFAULT, not ALWAYS: a creation with an idempotency key reserves its id before the insert.
    id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    title: text().notNull(),
    completed: boolean().notNull().default(false),
    order: integer('position'),
    /** Incremented by every change; used as the entity tag. */
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    // One partial index per state instead of one over both: a page of a few open todos behind many completed ones is found whatever the
    // statistics say.
    index('todos_completed')
      .on(table.id)
      .where(sql`${table.completed}`),
    index('todos_open').on(table.id).where(not(table.completed)),
    // For substring search: https://www.postgresql.org/docs/current/pgtrgm.html
    index('todos_title_trigrams').using('gin', sql`${table.title} gin_trgm_ops`),
  ],
);

/** Which todo was created by the first request with a key. Rows are deleted after a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    key: text().primaryKey(),
    /** SHA-256 of the request: the same key with another request is refused. */
    fingerprint: text().notNull(),
    todoId: bigint('todo_id', { mode: 'number' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('idempotency_keys_created_at').on(table.createdAt)],
);
