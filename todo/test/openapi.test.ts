// Every operation of the OpenAPI document, with requests generated from its schemas: allowed requests are served, others are refused,
// and every response is documented.
import * as fc from 'fast-check';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp } from './app.ts';
import { type RunningDatabase, startPglite } from './databases.ts';
import { type ApiDocument, type Operation, readDocument } from './openapi.ts';

const RUNS = 250;
/** Responses to requests that break the contract: a request that keeps it never gets one of these. */
const CONTRACT_BROKEN = new Set([400, 405, 413, 415, 422]);

let running: RunningDatabase;
let app: Hono;
let api: ApiDocument;
beforeAll(async () => {
  running = await startPglite();
  ({ app } = await createTestApp(running.database));
  api = readDocument((await (await app.request('/openapi.json')).json()) as Parameters<typeof readDocument>[0]);
});
afterAll(() => running.stop());

interface Call {
  path: string;
  init: RequestInit & { headers: Record<string, string> };
}

/** Optional parameters may be absent; most ids are those of existing todos. */
function calls(operation: Operation, ids: () => readonly number[]): fc.Arbitrary<Call> {
  const parameters = operation.parameters.map((parameter) => {
    const value = api.arbitrary(parameter.schema).map(String);
    const known =
      parameter.in === 'path'
        ? fc.oneof({ weight: 4, arbitrary: fc.nat().map((n) => String(ids()[n % ids().length])) }, value)
        : value;
    return (parameter.required ? known : fc.option(known, { nil: undefined })).map((text) => ({ parameter, text }));
  });
  const schema = operation.requestBody?.content['application/json']?.schema;
  return fc
    .tuple(fc.tuple(...parameters), schema ? api.arbitrary(schema) : fc.constant(undefined))
    .map(([values, body]) => {
      const given = values.flatMap(({ parameter, text }) => (text === undefined ? [] : [{ ...parameter, text }]));
      const of = (place: string) => given.filter((parameter) => parameter.in === place);
      const query = new URLSearchParams(of('query').map(({ name, text }): [string, string] => [name, text])).toString();
      const path = of('path').reduce((pattern, { name, text }) => pattern.replace(`{${name}}`, text), operation.path);
      return {
        path: query === '' ? path : `${path}?${query}`,
        init: {
          method: operation.method,
          headers: {
            ...Object.fromEntries(of('header').map(({ name, text }) => [name, text])),
            ...(schema ? { 'content-type': 'application/json' } : {}),
          },
          ...(schema ? { body: JSON.stringify(body) } : {}),
        },
      };
    });
}

async function existingIds(): Promise<number[]> {
  await app.request('/todos', {
    method: 'POST',
    body: '{"title":"there"}',
    headers: { 'content-type': 'application/json' },
  });
  return ((await (await app.request('/todos')).json()) as { id: number }[]).map(({ id }) => id);
}

async function call({ path, init }: Call): Promise<{ response: Response; text: string }> {
  const response = await app.request(path, init);
  // A stream of events does not end: its start is enough.
  if (response.headers.get('content-type') === 'text/event-stream') {
    await response.body?.cancel();
    return { response, text: 'event' };
  }
  return { response, text: await response.text() };
}

const OPERATIONS = [
  'listTodos',
  'createTodo',
  'completeAllTodos',
  'removeTodos',
  'followTodos',
  'readTodo',
  'changeTodo',
  'removeTodo',
];

it('has exactly the operations that this test runs', () => {
  expect(api.operations.map(({ operationId }) => operationId).sort()).toEqual([...OPERATIONS].sort());
});

it('is usable outside JavaScript: patterns without escapes of one language, and an explicit absence of authentication', async () => {
  const text = await (await app.request('/openapi.json')).text();
  const document = JSON.parse(text) as { security?: unknown };
  const patterns: string[] = [];
  JSON.parse(text, (key, value: unknown) => {
    if (key === 'pattern' && typeof value === 'string') patterns.push(value);
    return value;
  });

  expect(patterns.length).toBeGreaterThan(3);
  // RE2, Java, PCRE, .NET and Python share these escapes.
  for (const pattern of patterns) expect(pattern.match(/\\(?!x[0-9a-f]{2}|[sd*.])./gu)).toBeNull();
  expect(document.security).toEqual([]);
});

it('does not allow an empty cursor, which is refused', async () => {
  const list = api.operations.find(({ operationId }) => operationId === 'listTodos');

  expect(list?.parameters.find(({ name }) => name === 'cursor')?.schema.minLength).toBe(1);
  expect((await app.request('/todos?cursor=')).status).toBe(400);
});

describe.each(OPERATIONS)('%s', (operationId) => {
  const operation = (): Operation => {
    const found = api.operations.find((each) => each.operationId === operationId);
    if (!found) throw new Error(`there is no operation ${operationId}`);
    return found;
  };

  it('serves what the document allows, and responds as documented', async () => {
    let ids = await existingIds();
    await fc.assert(
      fc.asyncProperty(
        calls(operation(), () => ids),
        async (request) => {
          const { response, text } = await call(request);
          ids = await existingIds();
          const problem = api.problemWith(operation(), response, text);
          const reusedKey = text.includes('was used with another body');
          const cursor = request.path.includes('cursor='); // opaque: only the service creates valid ones
          return problem === undefined && (!CONTRACT_BROKEN.has(response.status) || reusedKey || cursor)
            ? undefined
            : Promise.reject(new Error(problem ?? `${response.status}: ${text}`));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('refuses any other body with a documented problem', async () => {
    if (!operation().requestBody) return expect(operation().method).toMatch(/GET|DELETE/);
    const ids = await existingIds();
    const valid = calls(operation(), () => ids);
    const wrong = fc.oneof(
      fc.jsonValue().filter((value) => typeof value !== 'object' || value === null || Array.isArray(value)),
      fc.record({ title: fc.oneof(fc.integer(), fc.constant(''), fc.constant('a\u0001'), fc.constant(null)) }),
      fc.record({ completed: fc.oneof(fc.integer(), fc.string(), fc.constant(null)) }),
      fc.dictionary(fc.string({ minLength: 12 }), fc.jsonValue(), { minKeys: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(valid, wrong, async (request, body) => {
        const { response, text } = await call({ ...request, init: { ...request.init, body: JSON.stringify(body) } });
        expect(response.status).toBe(422);
        expect(api.problemWith(operation(), response, text)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
    return undefined;
  });
});
