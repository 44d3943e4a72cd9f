import { asc, eq } from 'drizzle-orm';
import type { Db } from '../database/database.ts';
import { todos } from '../database/schema.ts';
import type { NewTodo, Todo, TodoPatch } from './todo.ts';

export interface TodoStore {
  /** In the order they were created. */
  list(): Promise<Todo[]>;
  find(id: number): Promise<Todo | undefined>;
  insert(todo: NewTodo): Promise<Todo>;
  /** Undefined when there is no such todo. */
  update(id: number, patch: TodoPatch): Promise<Todo | undefined>;
  /** False when there was no such todo. */
  remove(id: number): Promise<boolean>;
}

const columns = { id: todos.id, title: todos.title, completed: todos.completed, order: todos.order };

export function createTodoStore(db: Db): TodoStore {
  return {
    list: () => db.select(columns).from(todos).orderBy(asc(todos.id)),
    async find(id) {
      const [found] = await db.select(columns).from(todos).where(eq(todos.id, id));
      return found;
    },
    async insert(todo) {
      const [inserted] = await db.insert(todos).values(todo).returning(columns);
      if (!inserted) throw new Error('insert todo: the database returned no row');
      return inserted;
    },
    async update(id, patch) {
      const [updated] = await db.update(todos).set(patch).where(eq(todos.id, id)).returning(columns);
      return updated;
    },
    async remove(id) {
      const removed = await db.delete(todos).where(eq(todos.id, id)).returning({ id: todos.id });
      return removed.length > 0;
    },
  };
}
