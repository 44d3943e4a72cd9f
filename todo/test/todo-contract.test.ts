import { createLogger } from '@delivery/telemetry/logger';
import { createRegistry } from '@delivery/telemetry/metrics';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { createTodoStore } from '../src/todos/todo-store.ts';
import { type RunningDatabase, startPglite, startPostgresql } from './databases.ts';

const version = { image: null, digest: null, commit: null, environment: 'test', started: '2026-11-23T10:00:00.000Z' };
type Body = Record<string, unknown>;

describe.each([
  ['PGlite', startPglite],
  ['PostgreSQL', startPostgresql],
])('todo on %s', (_name, start) => {
  let running: RunningDatabase;
  let app: Hono;
  const readiness = { draining: false };

  beforeAll(async () => {
    running = await start();
    app = createApp({
      store: createTodoStore(running.database.db),
      ping: () => running.database.ping(),
      readiness,
      registry: createRegistry('todo'),
      version,
      logger: createLogger({ service: 'todo', level: 'silent' }),
    });
  });
  afterAll(() => running.stop());

  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    Promise.resolve(
      app.request(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    );
  const create = async (body: Body): Promise<Body & { url: string }> =>
    (await (await send('POST', '/todos', body)).json()) as Body & { url: string };

  it('creates a todo with its own address, and finds it there', async () => {
    const response = await send('POST', '/todos', { title: '  buy milk 🥛 ', order: 5 });
    const todo = (await response.json()) as Body & { url: string };

    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(todo.url);
    expect(todo).toMatchObject({ title: 'buy milk 🥛', completed: false, order: 5 });
    expect(await (await app.request(todo.url)).json()).toEqual(todo);
  });

  it('lists what was created, oldest first', async () => {
    const first = await create({ title: 'first' });
    const second = await create({ title: 'second' });

    const list = (await (await app.request('/todos')).json()) as Body[];

    expect(list.slice(-2)).toEqual([first, second]);
  });

  it('changes only what a patch names', async () => {
    const todo = await create({ title: 'walk', order: 1 });

    const patched = await send('PATCH', todo.url, { completed: true });

    expect(patched.status).toBe(200);
    expect(await patched.json()).toEqual({ ...todo, completed: true });
  });

  it('deletes once; then there is nothing to find, change or delete', async () => {
    const todo = await create({ title: 'gone' });

    expect((await app.request(todo.url, { method: 'DELETE' })).status).toBe(204);
    expect((await app.request(todo.url)).status).toBe(404);
    expect((await send('PATCH', todo.url, { title: 'x' })).status).toBe(404);
    expect((await app.request(todo.url, { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    ['an empty title', { title: '   ' }, 'title'],
    ['a title of 501 characters', { title: 'x'.repeat(501) }, 'title'],
    ['a control character', { title: 'a\u0000b' }, 'title'],
    ['no title', {}, 'title'],
    ['an order that is not a 32-bit integer', { title: 'a', order: 2 ** 31 }, 'order'],
    ['an unknown field', { title: 'a', owner: 'me' }, '(body)'],
    ['an array', [], '(body)'],
  ])('refuses %s and names the field', async (_case, body, field) => {
    const response = await send('POST', '/todos', body);

    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(((await response.json()) as { errors: unknown[] }).errors).toContainEqual(
      expect.objectContaining({ field }),
    );
  });

  it('refuses a body that is not JSON, and one over 64 KiB', async () => {
    const notJson = await app.request('/todos', { method: 'POST', body: '{' });
    const tooLarge = await send('POST', '/todos', { title: 'x'.repeat(70_000) });

    expect(notJson.status).toBe(400);
    expect(tooLarge.status).toBe(413);
  });

  it.each(['0', '01', 'abc', '9007199254740993', '99999999999999999999'])('knows no todo %s', async (id) => {
    expect((await app.request(`/todos/${id}`)).status).toBe(404);
  });

  it('shows titles on the page as text, never as markup', async () => {
    await create({ title: '<b>bold</b>' });

    const page = await (await app.request('/')).text();

    expect(page).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(page).not.toContain('<b>bold</b>');
  });

  it('takes a todo from the form of the page and completes it', async () => {
    const form = (fields: Record<string, string>): RequestInit => ({
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    const added = await app.request('/', form({ title: 'from the form' }));
    const todo = ((await (await app.request('/todos')).json()) as Body[]).at(-1);

    const toggled = await app.request(`/toggle/${String(todo?.['id'])}`, form({}));

    expect([added.status, toggled.status]).toEqual([303, 303]);
    expect(todo).toMatchObject({ title: 'from the form', completed: false });
    expect(((await (await app.request('/todos')).json()) as Body[]).at(-1)).toMatchObject({ completed: true });
  });

  it('is ready while the database answers and it is not draining', async () => {
    expect((await app.request('/readyz')).status).toBe(200);
    readiness.draining = true;
    expect((await app.request('/readyz')).status).toBe(503);
    expect((await app.request('/livez')).status).toBe(200);
    readiness.draining = false;
  });

  it('counts requests by route, not by path', async () => {
    await app.request('/todos/123456');
    await app.request('/todos');

    const metrics = await (await app.request('/metrics')).text();

    expect(metrics).toMatch(/http_server_request_duration_seconds_count\{[^}]*http_route="\/todos"[^}]*\} [1-9]/);
    expect(metrics).not.toContain('123456');
  });

  it('reports its version', async () => {
    expect(await (await app.request('/version')).json()).toEqual(version);
  });
});

describe('PostgreSQL', () => {
  it('lets replicas start together: each migrates under one lock', async () => {
    const { startPostgresql: start } = await import('./databases.ts');
    const running = await start();
    const { openPostgresql } = await import('../src/database/open-postgresql.ts');
    const replicas = [1, 2, 3].map(() => openPostgresql(running.url ?? ''));

    await Promise.all(replicas.map((replica) => replica.migrate()));

    await Promise.all(replicas.map((replica) => replica.ping()));
    await Promise.all(replicas.map((replica) => replica.close()));
    await running.stop();
  });
});
