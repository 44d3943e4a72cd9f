// The Todo-Backend contract (https://www.todobackend.com/specs/), extended by pages, search, conditional requests and idempotency.
import { type Context, Hono } from 'hono';
import { methodNotAllowed, problem } from '../problem.ts';
import type { PublicUrl } from '../public-url.ts';
import { respond, respondJson } from '../respond.ts';
import { entityTag, matches, parseIfNoneMatch } from './entity-tag.ts';
import { ListQuery, pageLinks, RemoveQuery } from './list-query.ts';
import { readBody, readCondition, readId, readIdempotency, readQuery } from './read-request.ts';
import { AllTodosPatch, NewTodo, type Todo, TodoPatch, type TodoResource } from './todo.ts';
import type { TodoStore } from './todo-store.ts';

export interface TodoRoutesDeps {
  store: TodoStore;
  publicUrl: PublicUrl;
  /** Whether DELETE /todos may delete every todo. */
  allowDeleteAll: boolean;
}

export function todoRoutes({ store, publicUrl, allowDeleteAll }: TodoRoutesDeps): Hono {
  const collectionUrl = (c: Context): string => `${publicUrl(c)}/todos`;
  const represent = ({ id, title, completed, order }: Todo, collection: string): TodoResource => ({
    id,
    title,
    completed,
    order,
    url: `${collection}/${id}`,
  });
  const respondTodo = (c: Context, todo: Todo): Response =>
    respondJson(200, represent(todo, collectionUrl(c)), { etag: entityTag(todo.version) });
  const notFound = (c: Context): Response => problem(404, `There is no todo at ${c.req.path}.`);
  const notChanged = (c: Context, why: 'missing' | 'other version'): Response =>
    why === 'missing'
      ? notFound(c)
      : problem(412, 'The todo has changed since. Read it again before changing it.', {
          errors: [{ field: 'If-Match', message: 'is not the version that is stored' }],
        });

  return new Hono()
    .get('/', async (c) => {
      const query = readQuery(c, ListQuery);
      if (query instanceof Response) return query;
      const { todos, hasMore } = await store.list(query);
      const collection = collectionUrl(c);
      const link = pageLinks(collection, query, hasMore ? todos.at(-1)?.id : undefined);
      const page = todos.map((todo) => represent(todo, collection));
      return respondJson(200, page, { link });
    })
    .post('/', async (c) => {
      const todo = await readBody(c, NewTodo);
      if (todo instanceof Response) return todo;
      const idempotency = readIdempotency(c, todo);
      if (idempotency instanceof Response) return idempotency;
      const inserted = await store.insert(todo, idempotency);
      if (inserted.outcome === 'key reused') {
        return problem(422, 'This Idempotency-Key was used for another todo. Use a new key for each todo.', {
          errors: [{ field: 'Idempotency-Key', message: 'was used with another body' }],
        });
      }
      const created = represent(inserted.todo, collectionUrl(c));
      return respondJson(201, created, {
        location: created.url,
        etag: entityTag(inserted.todo.version),
        ...(inserted.outcome === 'replayed' ? { 'idempotent-replayed': 'true' } : {}),
      });
    })
    .patch('/', async (c) => {
      const patch = await readBody(c, AllTodosPatch);
      if (patch instanceof Response) return patch;
      await store.completeAll(patch.completed);
      return respond(204);
    })
    .delete('/', async (c) => {
      const query = readQuery(c, RemoveQuery);
      if (query instanceof Response) return query;
      if (query.completed === undefined && !allowDeleteAll) {
        return problem(403, 'Deleting every todo at once is disabled: set ALLOW_DELETE_ALL to allow it.');
      }
      await store.removeAll(query.completed);
      return respond(204);
    })
    .all('/', (c) => methodNotAllowed(c, 'GET, HEAD, POST, PATCH, DELETE'))
    .get('/:id', async (c) => {
      const id = readId(c);
      const todo = id === undefined ? undefined : await store.find(id);
      if (!todo) return notFound(c);
      const known = c.req.header('if-none-match');
      if (known !== undefined && matches(parseIfNoneMatch(known) ?? [], todo.version)) {
        return respond(304, undefined, { etag: entityTag(todo.version) });
      }
      return respondTodo(c, todo);
    })
    .patch('/:id', async (c) => {
      const patch = await readBody(c, TodoPatch);
      if (patch instanceof Response) return patch;
      const condition = readCondition(c);
      if (condition instanceof Response) return condition;
      const id = readId(c);
      const todo = id === undefined ? 'missing' : await store.update(id, patch, condition);
      return typeof todo === 'string' ? notChanged(c, todo) : respondTodo(c, todo);
    })
    .delete('/:id', async (c) => {
      const condition = readCondition(c);
      if (condition instanceof Response) return condition;
      const id = readId(c);
      const outcome = id === undefined ? 'missing' : await store.remove(id, condition);
      return outcome === 'removed' ? respond(204) : notChanged(c, outcome);
    })
    .all('/:id', (c) => methodNotAllowed(c, 'GET, HEAD, PATCH, DELETE'));
}
