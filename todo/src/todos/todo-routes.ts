import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import { invalid, problem } from '../problem.ts';
import { NewTodo, type Todo, TodoPatch } from './todo.ts';
import type { TodoStore } from './todo-store.ts';

/** A JSON representation: the todo and its own absolute address. */
function represent(c: Context, todo: Todo): Todo & { url: string } {
  return { ...todo, url: new URL(`/todos/${todo.id}`, c.req.url).href };
}

/** Ids are positive and exact in JavaScript; anything else names no todo. */
function parseId(text: string): number | undefined {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
  return id !== undefined && Number.isSafeInteger(id) ? id : undefined;
}

function notFound(c: Context): Response {
  return problem(c, 404, `There is no todo at ${c.req.path}.`);
}

async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema> | Response> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    return problem(c, 400, 'The body is not JSON.');
  }
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : invalid(c, parsed.error);
}

export function todoRoutes(store: TodoStore): Hono {
  return new Hono()
    .get('/', async (c) => c.json((await store.list()).map((todo) => represent(c, todo))))
    .post('/', async (c) => {
      const todo = await readBody(c, NewTodo);
      if (todo instanceof Response) return todo;
      const inserted = represent(c, await store.insert(todo));
      return c.json(inserted, 201, { location: inserted.url });
    })
    .get('/:id', async (c) => {
      const id = parseId(c.req.param('id'));
      const todo = id === undefined ? undefined : await store.find(id);
      return todo ? c.json(represent(c, todo)) : notFound(c);
    })
    .patch('/:id', async (c) => {
      const patch = await readBody(c, TodoPatch);
      if (patch instanceof Response) return patch;
      const id = parseId(c.req.param('id'));
      const todo = id === undefined ? undefined : await store.update(id, patch);
      return todo ? c.json(represent(c, todo)) : notFound(c);
    })
    .delete('/:id', async (c) => {
      const id = parseId(c.req.param('id'));
      return id !== undefined && (await store.remove(id)) ? c.body(null, 204) : notFound(c);
    });
}
