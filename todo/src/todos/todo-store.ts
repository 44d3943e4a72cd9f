// Todos behind the gate; reports every committed change.
import type { Db } from '../database/database.ts';
import type { Gate } from '../database/gate.ts';
import type { VersionCondition } from './entity-tag.ts';
import { DEFAULT_LIMIT, type ListQuery } from './list-query.ts';
import type { NewTodo, Todo, TodoPatch } from './todo.ts';
import * as statement from './todo-statements.ts';
import type { Idempotency, Inserted } from './todo-statements.ts';

export interface Page {
  todos: Todo[];
  hasMore: boolean;
}

/** Every method throws UnavailableError if the database cannot serve it now. */
export interface TodoStore {
  /** In order of creation. */
  list(query: ListQuery): Promise<Page>;
  find(id: number): Promise<Todo | undefined>;
  /** With an idempotency key at most one todo is created, however often the request is repeated, and to whichever replica. */
  insert(todo: NewTodo, idempotency?: Idempotency): Promise<Inserted>;
  /** @param condition the versions that may be changed. */
  update(id: number, patch: TodoPatch, condition: VersionCondition): Promise<Todo | 'missing' | 'other version'>;
  /** @param condition the versions that may be deleted. */
  remove(id: number, condition: VersionCondition): Promise<'removed' | 'missing' | 'other version'>;
  completeAll(completed: boolean): Promise<void>;
  /** @param completed only the completed or only the open ones; undefined for all. */
  removeAll(completed: boolean | undefined): Promise<void>;
  /** Deletes idempotency keys that are older than a day. @returns how many. */
  deleteExpiredKeys(): Promise<number>;
}

export interface TodoStoreDeps {
  db: Db;
  gate: Gate;
  /** Called after every committed change. */
  onChange: () => void;
}

export function createTodoStore({ db, gate, onChange }: TodoStoreDeps): TodoStore {
  const prepared = statement.prepareStatements(db);

  async function find(id: number): Promise<Todo | undefined> {
    const [found] = await gate.run(() => prepared.find.execute({ id }));
    return found;
  }

  /** Why a conditional change affected no row. */
  async function whyUntouched(id: number, condition: VersionCondition): Promise<'missing' | 'other version'> {
    return condition !== 'any' && (await find(id)) ? 'other version' : 'missing';
  }

  return {
    find,

    async list({ completed, q, limit = DEFAULT_LIMIT, cursor = 0 }) {
      const range = { after: cursor, limit: limit + 1 }; // one more shows whether there is a next page
      const found = await gate.run<Todo[]>(() => {
        if (q !== undefined) return statement.searchTodos(db, { ...range, completed, text: q }).execute();
        if (completed === undefined) return prepared.list.execute(range);
        return (completed ? prepared.listCompleted : prepared.listOpen).execute(range);
      });
      return { todos: found.slice(0, limit), hasMore: found.length > limit };
    },

    async insert(todo, idempotency) {
      if (idempotency) {
        const inserted = await gate.run(() => statement.insertOnce(db, todo, idempotency));
        if (inserted.outcome === 'created') onChange();
        return inserted;
      }
      const [inserted] = await gate.run(() => prepared.insert.execute(todo));
      if (!inserted) throw new Error('insert todo: the database returned no row');
      onChange();
      return { outcome: 'created', todo: inserted };
    },

    async update(id, patch, condition) {
      const [updated] = await gate.run<Todo[]>(() =>
        condition === 'any'
          ? prepared.update(patch).execute({ ...patch, id })
          : statement.updateVersion(db, id, patch, condition).execute(),
      );
      if (!updated) return whyUntouched(id, condition);
      onChange();
      return updated;
    },

    async remove(id, condition) {
      const [removed] = await gate.run<{ id: number }[]>(() =>
        condition === 'any' ? prepared.remove.execute({ id }) : statement.removeVersion(db, id, condition).execute(),
      );
      if (!removed) return whyUntouched(id, condition);
      onChange();
      return 'removed';
    },

    async completeAll(completed) {
      if ((await gate.run(() => statement.completeAll(db, completed))) > 0) onChange();
    },

    async removeAll(completed) {
      if ((await gate.run(() => statement.removeAll(db, completed))) > 0) onChange();
    },

    deleteExpiredKeys: () => gate.run(() => statement.deleteExpiredKeys(db)),
  };
}
