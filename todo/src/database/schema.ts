import { not, sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const todos = pgTable(
  'todos',
  {
    // By default, not always: a creation with an idempotency key takes its id before it inserts.
    id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    title: text().notNull(),
    completed: boolean().notNull().default(false),
    order: integer('position'),
    /** Counts the changes of a todo: its entity tag. */
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    // One for each state, not one of both: a page of few open todos behind many completed ones is found whatever the statistics say.
    index('todos_completed')
      .on(table.id)
      .where(sql`${table.completed}`),
    index('todos_open').on(table.id).where(not(table.completed)),
    // Finds substrings: https://www.postgresql.org/docs/current/pgtrgm.html
    index('todos_title_trigrams').using('gin', sql`${table.title} gin_trgm_ops`),
  ],
);

/** Which todo the first request with a key created. Rows are removed after a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    key: text().primaryKey(),
    /** SHA-256 of what was asked for: the same key with another request is refused. */
    fingerprint: text().notNull(),
    todoId: bigint('todo_id', { mode: 'number' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('idempotency_keys_created_at').on(table.createdAt)],
);
