// The API beyond the Todo-Backend contract, on both databases.
import type { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../src/problem.ts';
import { createTestApp, type TestApp, version } from './app.ts';
import { type RunningDatabase, startPglite, startPostgresql } from './databases.ts';

interface Todo {
  id: number;
  title: string;
  completed: boolean;
  order: number | null;
  url: string;
}

describe.each([
  ['PGlite', startPglite],
  ['PostgreSQL', startPostgresql],
])('the API on %s', (_name, start) => {
  let running: RunningDatabase;
  let test: TestApp;
  let app: Hono;

  beforeAll(async () => {
    running = await start();
    test = await createTestApp(running.database);
    app = test.app;
  });
  afterAll(() => running.stop());
  beforeEach(() => app.request('/todos', { method: 'DELETE' }));

  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    Promise.resolve(
      app.request(path, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    );
  const create = async (body: object): Promise<Todo> => (await send('POST', '/todos', body)).json() as Promise<Todo>;
  const list = async (query = ''): Promise<Todo[]> => (await app.request(`/todos${query}`)).json() as Promise<Todo[]>;
  const titles = async (query = ''): Promise<string[]> => (await list(query)).map(({ title }) => title);

  describe('todos', () => {
    it('keep any Unicode as it was sent, except surrounding white space', async () => {
      const title = 'Grüße 🥛👨‍👩‍👧 שלום ꙮ e\u0301 \u200b%_\\ \'"<b>';

      const created = await create({ title: `  ${title}\t\n` });

      expect(created.title).toBe(title);
      expect((await (await app.request(created.url)).json()) as Todo).toEqual(created);
    });

    it('may have 500 characters, where an emoji counts once', async () => {
      const title = '🥛'.repeat(500);

      expect((await create({ title })).title).toBe(title);
    });

    it('are created at their own URL', async () => {
      const response = await send('POST', '/todos', { title: 'a' });
      const todo = (await response.json()) as Todo;

      expect(response.status).toBe(201);
      expect(response.headers.get('location')).toBe(todo.url);
      expect(todo.url).toBe(`http://localhost/todos/${todo.id}`);
    });

    it('are reached where PUBLIC_URL says', async () => {
      const behindProxy = await createTestApp(running.database, { publicUrl: 'https://todo.example.com/api' });

      const response = await behindProxy.app.request('/todos', {
        method: 'POST',
        body: '{"title":"a"}',
        headers: { 'content-type': 'application/json' },
      });

      expect(((await response.json()) as Todo).url).toMatch(/^https:\/\/todo\.example\.com\/api\/todos\/\d+$/);
    });

    it.each([
      ['a zero width space', '\u200b'],
      ['a right-to-left override', '\u202e \u200f'],
    ])('cannot be of nothing but %s', async (_what, title) => {
      const response = await send('POST', '/todos', { title });

      expect(response.status).toBe(422);
      expect(((await response.json()) as Problem).errors).toEqual([
        { field: 'title', message: 'must have a character that can be seen' },
      ]);
    });

    it('are not searched for by bytes that are not UTF-8', async () => {
      const response = await app.request('/todos?q=%FF');

      expect(response.status).toBe(400);
      expect(((await response.json()) as Problem).errors).toEqual([
        { field: '(query)', message: 'must be percent-encoded UTF-8' },
      ]);
    });

    it('are not read from a body with a Content-Encoding', async () => {
      const response = await send('POST', '/todos', { title: 'a' }, { 'content-encoding': 'gzip' });

      expect([response.status, response.headers.get('accept-encoding')]).toEqual([415, 'identity']);
    });

    it('change only in the fields of a patch', async () => {
      const todo = await create({ title: 'walk', order: 1 });

      const patched = await send('PATCH', todo.url, { completed: true });

      expect(await patched.json()).toEqual({ ...todo, completed: true });
      expect(await (await send('PATCH', todo.url, { order: null })).json()).toEqual({
        ...todo,
        completed: true,
        order: null,
      });
    });

    it('are gone after they were deleted', async () => {
      const todo = await create({ title: 'gone' });

      expect((await app.request(todo.url, { method: 'DELETE' })).status).toBe(204);
      expect((await app.request(todo.url)).status).toBe(404);
      expect((await send('PATCH', todo.url, { title: 'x' })).status).toBe(404);
      expect((await app.request(todo.url, { method: 'DELETE' })).status).toBe(404);
    });

    it.each(['0', '01', 'abc', '-1', '1.0', '%00', '9007199254740993', '99999999999999999999'])(
      'do not exist under the id %s',
      async (id) => {
        expect((await app.request(`/todos/${id}`)).status).toBe(404);
      },
    );
  });

  describe('the list', () => {
    it('can be paged through while todos are added, with each todo once', async () => {
      for (let n = 1; n <= 7; n += 1) await create({ title: `n${n}` });
      const seen: string[] = [];
      let next: string | undefined = '/todos?limit=3';
      while (next !== undefined) {
        const response: Response = await app.request(next);
        seen.push(...((await response.json()) as Todo[]).map(({ title }) => title));
        if (seen.length === 3) await create({ title: 'late' });
        const link: string = response.headers.get('link') ?? '';
        expect(link).toContain('<http://localhost/todos?limit=3>; rel="first"');
        next = /<([^>]+)>; rel="next"/.exec(link)?.[1];
      }

      expect(seen).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'late']);
    });

    it('has one hundred todos by default, and links to the next page', async () => {
      await Promise.all(Array.from({ length: 101 }, (_, n) => create({ title: String(n) })));

      const response = await app.request('/todos');

      expect((await response.json()) as Todo[]).toHaveLength(100);
      expect(response.headers.get('link')).toContain('rel="next"');
    });

    it('can be filtered by completion', async () => {
      await create({ title: 'open' });
      await create({ title: 'done', completed: true });

      expect(await titles('?completed=true')).toEqual(['done']);
      expect(await titles('?completed=false')).toEqual(['open']);
    });

    it.each([
      ['any part of the title', 'milk', ['buy milk', 'Milkshake']],
      ['text regardless of case, also beyond ASCII', 'MÜLL', ['bring müll out']],
      ['a percent sign as itself', '%', ['100% done']],
      ['an underscore as itself', '_', ['snake_case']],
      ['a backslash as itself', '\\', ['back\\slash']],
      ['one character', 'z', ['zebra']],
      ['nothing', 'nowhere', []],
    ])('can be searched for %s', async (_what, text, expected) => {
      for (const title of [
        'buy milk',
        'Milkshake',
        'bring müll out',
        '100% done',
        'snake_case',
        'back\\slash',
        'zebra',
      ])
        await create({ title });

      expect(await titles(`?q=${encodeURIComponent(text)}`)).toEqual(expected);
    });

    it('keeps its filters on the next page', async () => {
      for (let n = 1; n <= 3; n += 1) await create({ title: `milk & honey ${n}`, completed: true });
      await create({ title: 'milk & honey open' });

      const first = await app.request('/todos?q=milk%20%26&completed=true&limit=2');
      const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';

      expect(((await (await app.request(next)).json()) as Todo[]).map(({ title }) => title)).toEqual([
        'milk & honey 3',
      ]);
    });

    it.each([
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=1e2', 'limit'],
      ['limit=%201', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['completed=yes', 'completed'],
      ['q=', 'q'],
      ['q=%00', 'q'],
      ['cursor=abc', 'cursor'],
      ['cursor=', 'cursor'],
      ['complete=true', '(query)'],
    ])('refuses ?%s and names the parameter', async (query, field) => {
      const response = await app.request(`/todos?${query}`);

      expect(response.status).toBe(400);
      expect(((await response.json()) as Problem).errors).toContainEqual(expect.objectContaining({ field }));
    });
  });

  describe('all todos at once', () => {
    it('can be completed and reopened', async () => {
      await create({ title: 'a' });
      await create({ title: 'b', completed: true });

      expect((await send('PATCH', '/todos', { completed: true })).status).toBe(204);
      expect(await titles('?completed=true')).toEqual(['a', 'b']);
      expect((await send('PATCH', '/todos', { completed: false })).status).toBe(204);
      expect(await titles('?completed=false')).toEqual(['a', 'b']);
    });

    it('can be deleted if they are completed', async () => {
      await create({ title: 'a' });
      await create({ title: 'b', completed: true });

      expect((await app.request('/todos?completed=true', { method: 'DELETE' })).status).toBe(204);
      expect(await titles()).toEqual(['a']);
    });

    it('can be deleted only if the configuration allows it', async () => {
      await create({ title: 'a' });
      const careful = (await createTestApp(running.database, { allowDeleteAll: false })).app;

      expect((await careful.request('/todos', { method: 'DELETE' })).status).toBe(403);
      expect((await careful.request('/todos?completed=true', { method: 'DELETE' })).status).toBe(204);
      expect(await titles()).toEqual(['a']);
    });
  });

  describe('conditional requests', () => {
    it('change a todo only at the version that was read', async () => {
      const response = await send('POST', '/todos', { title: 'a' });
      const { url } = (await response.json()) as Todo;
      const etag = response.headers.get('etag') ?? '';

      const first = await send('PATCH', url, { title: 'b' }, { 'if-match': etag });
      const second = await send('PATCH', url, { title: 'c' }, { 'if-match': etag });
      const removal = await app.request(url, { method: 'DELETE', headers: { 'if-match': etag } });

      expect([first.status, second.status, removal.status]).toEqual([200, 412, 412]);
      expect(await titles()).toEqual(['b']);
      expect((await app.request(url)).headers.get('etag')).toBe(first.headers.get('etag'));
      expect(first.headers.get('etag')).not.toBe(etag);
    });

    it.each([
      ['*', 200],
      ['"7", "1"', 200],
      ['"of-another,service", W/"x"', 412],
      ['W/"1"', 412], // If-Match compares strongly: RFC 9110, 13.1.1
      ['', 400],
      ['1', 400],
    ])('If-Match: %s -> %i', async (header, status) => {
      const { url } = await create({ title: 'a' });

      expect((await send('PATCH', url, { title: 'b' }, { 'if-match': header })).status).toBe(status);
    });

    it('let one of several concurrent changes win', async () => {
      const { url } = await create({ title: 'a' });

      const outcomes = await Promise.all(
        ['b', 'c', 'd', 'e'].map((title) => send('PATCH', url, { title }, { 'if-match': '"1"' })),
      );

      expect(outcomes.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412, 412, 412]);
    });

    it('are answered 304 while nothing has changed, and 404 once the todo is gone', async () => {
      const { url } = await create({ title: 'a' });
      const ask = (): Promise<Response> =>
        Promise.resolve(app.request(url, { headers: { 'if-none-match': 'W/"1", "9"' } }));

      expect((await ask()).status).toBe(304);
      await send('PATCH', url, { title: 'b' });
      expect((await ask()).status).toBe(200);
      await app.request(url, { method: 'DELETE' });
      expect((await ask()).status).toBe(404);
    });
  });

  describe('an Idempotency-Key', () => {
    it('creates one todo, however often it is sent at the same time', async () => {
      const key = crypto.randomUUID();
      const attempts = await Promise.all(
        Array.from({ length: 8 }, () => send('POST', '/todos', { title: 'once' }, { 'idempotency-key': key })),
      );
      const bodies = await Promise.all(attempts.map((response) => response.json()));

      expect(attempts.map(({ status }) => status)).toEqual(Array(8).fill(201));
      expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
      expect(attempts.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
      expect(await titles()).toEqual(['once']);
    });

    it('returns the first response, even after the todo was changed', async () => {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const first = (await (await send('POST', '/todos', { title: 'a', order: 3 }, headers)).json()) as Todo;
      await send('PATCH', first.url, { title: 'b' });

      expect(await (await send('POST', '/todos', { title: 'a', order: 3 }, headers)).json()).toEqual(first);
    });

    it('is refused for another todo', async () => {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      await send('POST', '/todos', { title: 'a' }, headers);

      const other = await send('POST', '/todos', { title: 'b' }, headers);

      expect(other.status).toBe(422);
      expect(((await other.json()) as Problem).errors?.[0]?.field).toBe('Idempotency-Key');
    });

    it.each(['', 'with space', 'x'.repeat(256)])('is refused as %j', async (key) => {
      expect((await send('POST', '/todos', { title: 'a' }, { 'idempotency-key': key })).status).toBe(400);
    });
  });

  describe('a body', () => {
    it.each([
      ['an empty title', { title: '   ' }, 'title'],
      ['a title of 501 characters', { title: 'x'.repeat(501) }, 'title'],
      ['a control character', { title: 'a\u0000b' }, 'title'],
      ['a line break', { title: 'a\nb' }, 'title'],
      ['an unpaired surrogate', { title: 'a\ud800b' }, 'title'],
      ['no title', {}, 'title'],
      ['a title that is a number', { title: 1 }, 'title'],
      ['an order that is not a 32-bit integer', { title: 'a', order: 2 ** 31 }, 'order'],
      ['a completed that is a string', { title: 'a', completed: 'true' }, 'completed'],
      ['an unknown field', { title: 'a', owner: 'me' }, '(body)'],
      ['an array', [], '(body)'],
      ['null', null, '(body)'],
    ])('is refused with %s, and the field is named', async (_case, body, field) => {
      const response = await send('POST', '/todos', body);

      expect(response.status).toBe(422);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(((await response.json()) as Problem).errors).toContainEqual(expect.objectContaining({ field }));
    });

    it('that changes nothing is refused', async () => {
      const { url } = await create({ title: 'a' });

      expect((await send('PATCH', url, {})).status).toBe(422);
    });

    it('of more than 64 KiB is refused even if its length is not declared', async () => {
      const response = await app.request('/todos', {
        method: 'POST',
        body: JSON.stringify({ title: 'x'.repeat(70_000) }),
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      });

      expect(response.status).toBe(413);
    });

    it.each([
      ['not JSON', '{', 'application/json', 400],
      ['empty', '', 'application/json', 400],
      ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 400],
      ['of another type', '{"title":"a"}', 'text/plain', 415],
      ['of a similar type', '{"title":"a"}', 'application/json-seq', 415],
      ['of more than 64 KiB', JSON.stringify({ title: 'x'.repeat(70_000) }), 'application/json', 413],
    ])('that is %s is refused', async (_case, body, type, status) => {
      const length = String(Buffer.byteLength(body));

      const response = await app.request('/todos', {
        method: 'POST',
        body,
        headers: { 'content-type': type, 'content-length': length },
      });

      expect(response.status).toBe(status);
    });
  });

  describe('other routes', () => {
    it.each([
      ['PUT', '/todos', 'GET, HEAD, POST, PATCH, DELETE'],
      ['POST', '/todos/1', 'GET, HEAD, PATCH, DELETE'],
      ['DELETE', '/events', 'GET, HEAD'],
      ['DELETE', '/', 'GET, HEAD'],
      ['POST', '/openapi.json', 'GET, HEAD'],
      ['PATCH', '/page/main.js', 'GET, HEAD'],
      ['POST', '/metrics', 'GET, HEAD'],
      ['POST', '/livez', 'GET, HEAD'],
    ])('%s %s is answered with the allowed methods', async (method, path, allow) => {
      const response = await app.request(path, { method });

      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    });

    it.each(['/nothing', '/todos/1/2', '/todos/'])('there is nothing at %s', async (path) => {
      const response = await app.request(path);

      expect(response.status).toBe(404);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    });

    it('many changes are one event for each listener', async () => {
      const response = await app.request('/events');
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      const opened = await reader?.read();

      await Promise.all(Array.from({ length: 20 }, (_, n) => create({ title: String(n) })));
      const next = await reader?.read();
      await reader?.cancel();

      expect(response.headers.get('content-type')).toBe('text/event-stream');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      expect(opened?.value).toContain('event: changed');
      expect(next?.value?.match(/event: changed/g)).toHaveLength(1);
    });

    it('no more listeners are accepted than the limit', async () => {
      const open = await Promise.all([1, 2, 3].map(async () => app.request('/events')));

      const refused = await app.request('/events');

      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
      await Promise.all(open.map(async (response) => response.body?.cancel()));
    });

    it('is ready while the database answers and is migrated, and the process is not draining', async () => {
      const ready = async (): Promise<number> => (await app.request('/readyz')).status;

      expect(await ready()).toBe(200);
      test.readiness.draining = true;
      expect(await ready()).toBe(503);
      expect((await app.request('/livez')).status).toBe(200);
      test.readiness.draining = false;
      test.readiness.migrated = false;
      expect(await ready()).toBe(503);
      test.readiness.migrated = true;
    });

    it.each([
      [
        'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3',
        /^application\/openmetrics-text/,
        /# EOF\n$/,
      ],
      ['application/openmetrics-text;q=0, text/plain', /^text\/plain; version=0\.0\.4/, /\d\n+$/],
      ['*/*', /^text\/plain; version=0\.0\.4/, /\d\n+$/],
      [undefined, /^text\/plain; version=0\.0\.4/, /\d\n+$/],
    ])('metrics have a format that %s accepts', async (accept, type, end) => {
      const response = await app.request('/metrics', { headers: accept === undefined ? {} : { accept } });

      expect(response.headers.get('content-type')).toMatch(type);
      expect(await response.text()).toMatch(end);
    });

    it('reports its version', async () => {
      expect(await (await app.request('/version')).json()).toEqual(version);
    });

    it('shows every operation of the OpenAPI document on a page', async () => {
      const page = await (await app.request('/docs')).text();
      const document = (await (await app.request('/openapi.json')).json()) as {
        paths: Record<string, Record<string, { operationId: string }>>;
      };
      const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

      expect(operations.length).toBeGreaterThan(7);
      for (const { operationId } of operations) expect(page).toContain(`<section id="${operationId}">`);
    });
  });
});
