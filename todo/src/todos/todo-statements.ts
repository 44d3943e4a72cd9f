// The SQL statements for todos. Frequent statements are prepared once; rare ones are built when they are needed.
import { and, asc, count, eq, gt, ilike, inArray, lt, not, type Query, type SQL, sql } from 'drizzle-orm';
import type { PreparedQueryConfig } from 'drizzle-orm/pg-core';
import type { Db } from '../database/database.ts';
import { idempotencyKeys, todos } from '../database/schema.ts';
import type { NewTodo, Todo, TodoPatch } from './todo.ts';

const columns = {
  id: todos.id,
  title: todos.title,
  completed: todos.completed,
  order: todos.order,
  version: todos.version,
};
/** A row of these columns, as both drivers return it when rows are arrays. */
type Row = [id: string | number, title: string, completed: boolean, order: number | null, version: number];
const toTodo = ([id, title, completed, order, version]: Row): Todo => ({
  id: Number(id),
  title,
  completed,
  order,
  version,
});
const nextVersion = sql`${todos.version} + 1`;
const KEY_LIFETIME = sql`interval '1 day'`;

const { placeholder } = sql;

/** Not a parameter: PostgreSQL uses a partial index only if the text of the statement names its state. */
const inState = (completed: boolean): SQL => (completed ? sql`${todos.completed}` : not(todos.completed));

/** Prepared under a name, so that PostgreSQL parses and plans them once per connection. */
export function prepareStatements(db: Db) {
  /** Maps rows by hand: drizzle looks up a decoder for every column of every row, a sixth of the time of a list (bench/README.md). */
  const prepare = (name: string, query: { toSQL(): Query }) =>
    db._.session.prepareQuery<PreparedQueryConfig & { execute: Todo[] }>(query.toSQL(), undefined, name, true, (rows) =>
      (rows as Row[]).map(toTodo),
    );
  const list = (where: SQL | undefined) =>
    db.select(columns).from(todos).where(where).orderBy(asc(todos.id)).limit(placeholder('limit'));
  const after = gt(todos.id, placeholder('after'));
  const byId = eq(todos.id, placeholder('id'));

  const updates = new Map<string, ReturnType<typeof prepareUpdate>>();
  const prepareUpdate = (fields: readonly string[]) =>
    prepare(
      `update_todo_${fields.join('_')}`,
      db
        .update(todos)
        .set({
          ...Object.fromEntries(fields.map((field) => [field, sql`${placeholder(field)}`])),
          version: nextVersion,
        })
        .where(byId)
        .returning(columns),
    );

  return {
    find: prepare('find_todo', db.select(columns).from(todos).where(byId)),
    list: prepare('list_todos', list(after)),
    listCompleted: prepare('list_completed_todos', list(and(inState(true), after))),
    listOpen: prepare('list_open_todos', list(and(inState(false), after))),
    insert: prepare(
      'insert_todo',
      db
        .insert(todos)
        .values({ title: placeholder('title'), completed: placeholder('completed'), order: placeholder('order') })
        .returning(columns),
    ),
    remove: db.delete(todos).where(byId).returning({ id: todos.id }).prepare('remove_todo'),
    /** One statement per combination of fields: seven at most. */
    update(patch: TodoPatch) {
      const fields = Object.keys(patch).sort();
      const name = fields.join(' ');
      const statement = updates.get(name) ?? prepareUpdate(fields);
      updates.set(name, statement);
      return statement;
    },
  };
}

export interface Search {
  /** Text that the title contains. */
  text: string;
  completed: boolean | undefined;
  after: number;
  limit: number;
}

/** Not prepared: the best plan depends on how rare the text is. */
export function searchTodos(db: Db, { text, completed, after, limit }: Search) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return db
    .select(columns)
    .from(todos)
    .where(
      and(ilike(todos.title, pattern), completed === undefined ? undefined : inState(completed), gt(todos.id, after)),
    )
    .orderBy(asc(todos.id))
    .limit(limit);
}

function hasVersion(versions: readonly number[]): SQL {
  return versions.length === 0 ? sql`false` : inArray(todos.version, [...versions]);
}

export function updateVersion(db: Db, id: number, patch: TodoPatch, versions: readonly number[]) {
  return db
    .update(todos)
    .set({ ...patch, version: nextVersion })
    .where(and(eq(todos.id, id), hasVersion(versions)))
    .returning(columns);
}

export function removeVersion(db: Db, id: number, versions: readonly number[]) {
  return db
    .delete(todos)
    .where(and(eq(todos.id, id), hasVersion(versions)))
    .returning({ id: todos.id });
}

/** @returns the number of changed todos. */
export async function completeAll(db: Db, completed: boolean): Promise<number> {
  const changed = db
    .$with('changed')
    .as(
      db.update(todos).set({ completed, version: nextVersion }).where(inState(!completed)).returning({ id: todos.id }),
    );
  const [row] = await db.with(changed).select({ count: count() }).from(changed);
  return row?.count ?? 0;
}

/** @returns the number of deleted todos. */
export async function removeAll(db: Db, completed: boolean | undefined): Promise<number> {
  const removed = db.$with('removed').as(
    db
      .delete(todos)
      .where(completed === undefined ? undefined : inState(completed))
      .returning({ id: todos.id }),
  );
  const [row] = await db.with(removed).select({ count: count() }).from(removed);
  return row?.count ?? 0;
}

/** The client's key for one creation, and the fingerprint of its request. */
export interface Idempotency {
  key: string;
  fingerprint: string;
}

export type Inserted = { outcome: 'created' | 'replayed'; todo: Todo } | { outcome: 'key reused' };

/**
 * Claims the key and inserts in one statement: a concurrent second request waits for the first, and finds the todo that it created.
 * A replay returns the first response, whatever has happened to the todo since. Not a transaction of several statements: if its
 * connection dies between them, postgres.js 3.4.9 writes to the closed socket and crashes the process (test/durability.test.ts).
 */
export async function insertOnce(db: Db, todo: NewTodo, { key, fingerprint }: Idempotency): Promise<Inserted> {
  const claimed = db.$with('claimed').as(
    db
      .insert(idempotencyKeys)
      .values({ key, fingerprint, todoId: sql`nextval(pg_get_serial_sequence('todos', 'id'))` })
      .onConflictDoNothing()
      .returning({ todoId: idempotencyKeys.todoId }),
  );
  const [inserted] = await db
    .with(claimed)
    .insert(todos)
    .select(
      db
        .select({
          id: claimed.todoId,
          title: sql`${todo.title}::text`.as('title'),
          completed: sql`${todo.completed}::boolean`.as('completed'),
          order: sql`${todo.order}::integer`.as('position'),
          version: sql`1`.as('version'),
          createdAt: sql`now()`.as('created_at'),
        })
        .from(claimed),
    )
    .returning(columns);
  if (inserted) return { outcome: 'created', todo: inserted };
  const [first] = await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key));
  if (!first?.todoId || first.fingerprint !== fingerprint) return { outcome: 'key reused' };
  return { outcome: 'replayed', todo: { ...todo, id: first.todoId, version: 1 } };
}

/** Deletes idempotency keys that are older than a day. @returns how many. */
export async function deleteExpiredKeys(db: Db): Promise<number> {
  const deleted = await db
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - ${KEY_LIFETIME}`))
    .returning({ key: idempotencyKeys.key });
  return deleted.length;
}
