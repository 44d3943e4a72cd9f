// The sixteen behaviours of the Todo-Backend contract (https://www.todobackend.com/specs/), seen from another origin over HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/server.ts';
import { createTestApp } from './app.ts';
import { type RunningDatabase, startPglite, startPostgresql } from './databases.ts';

const ORIGIN = 'https://www.todobackend.com';

interface Todo {
  title: string;
  completed: boolean;
  order: number;
  url: string;
}

describe.each([
  ['PGlite', startPglite],
  ['PostgreSQL', startPostgresql],
])('Todo-Backend on %s', (_name, start) => {
  let running: RunningDatabase;
  let server: RunningServer;
  let root: string;

  beforeAll(async () => {
    running = await start();
    server = await startServer((await createTestApp(running.database)).app, '127.0.0.1', 0);
    root = `http://127.0.0.1:${server.address.port}/todos`;
  });
  afterAll(async () => {
    await server.close();
    await running.stop();
  });

  /** As a browser does for a page of another origin: it sees nothing unless the service allows it. */
  async function call(method: string, url: string, body?: object): Promise<Response> {
    const headers = { origin: ORIGIN, ...(body ? { 'content-type': 'application/json' } : {}) };
    if (body || method === 'DELETE') {
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': method,
          'access-control-request-headers': 'content-type',
        },
      });
      expect(preflight.ok).toBe(true);
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
      expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
    }
    const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    return response;
  }
  const get = async <Value>(url: string): Promise<Value> => (await call('GET', url)).json() as Promise<Value>;
  const post = async (body: object): Promise<Todo> => (await call('POST', root, body)).json() as Promise<Todo>;
  const patch = async (url: string, body: object): Promise<Todo> =>
    (await call('PATCH', url, body)).json() as Promise<Todo>;

  it('1. the root answers a GET, to any origin', async () => {
    expect((await call('GET', root)).ok).toBe(true);
  });

  it('2. the root answers a POST with the todo that was posted', async () => {
    expect(await post({ title: 'a todo' })).toMatchObject({ title: 'a todo' });
  });

  it('3. the root answers a DELETE', async () => {
    expect((await call('DELETE', root)).ok).toBe(true);
  });

  it('4. after a DELETE the root has no todos', async () => {
    await post({ title: 'gone' });
    await call('DELETE', root);

    expect(await get(root)).toEqual([]);
  });

  describe('from an empty root', () => {
    beforeEach(() => call('DELETE', root));

    it('5. adds a new todo to the list', async () => {
      await post({ title: 'walk the dog' });

      const list = await get<Todo[]>(root);

      expect(list.map(({ title }) => title)).toEqual(['walk the dog']);
    });

    it('6. a new todo is not completed', async () => {
      const created = await post({ title: 'blah' });

      expect(created.completed).toBe(false);
      expect((await get<Todo[]>(root))[0]?.completed).toBe(false);
    });

    it('7. every new todo has a url', async () => {
      const created = await post({ title: 'blah' });

      expect(created.url).toMatch(/^http/);
      expect((await get<Todo[]>(root))[0]?.url).toBe(created.url);
    });

    it('8. the url of a new todo returns it', async () => {
      const created = await post({ title: 'my todo' });

      expect(await get<Todo>(created.url)).toMatchObject({ title: 'my todo' });
    });

    it('9. leads from the list to a todo, with two created at the same time', async () => {
      await Promise.all([post({ title: 'the todo' }), post({ title: 'the other todo' })]);

      const list = await get<Todo[]>(root);

      expect(list).toHaveLength(2);
      expect(await get<Todo>(list[0]?.url ?? '')).toEqual(list[0]);
    });

    it("10. changes a todo's title", async () => {
      const created = await post({ title: 'initial title' });

      expect(await patch(created.url, { title: 'bathe the cat' })).toMatchObject({ title: 'bathe the cat' });
    });

    it('11. completes a todo', async () => {
      const created = await post({ title: 'a todo' });

      expect(await patch(created.url, { completed: true })).toMatchObject({ completed: true });
    });

    it('12. shows a change when the todo and the list are read again', async () => {
      const created = await post({ title: 'a todo' });
      await patch(created.url, { title: 'changed title', completed: true });

      const expected = { title: 'changed title', completed: true };

      expect(await get<Todo>(created.url)).toMatchObject(expected);
      expect(await get<Todo[]>(root)).toMatchObject([expected]);
    });

    it('13. deletes a todo', async () => {
      const created = await post({ title: 'a todo' });

      await call('DELETE', created.url);

      expect(await get(root)).toEqual([]);
    });

    it('14. a todo can be created with an order', async () => {
      expect(await post({ title: 'blah', order: 523 })).toMatchObject({ order: 523 });
    });

    it("15. changes a todo's order", async () => {
      const created = await post({ title: 'blah', order: 10 });

      expect(await patch(created.url, { order: 95 })).toMatchObject({ order: 95 });
    });

    it('16. remembers a changed order', async () => {
      const created = await post({ title: 'blah', order: 10 });
      await patch(created.url, { order: 95 });

      expect(await get<Todo>(created.url)).toMatchObject({ order: 95 });
    });
  });
});
