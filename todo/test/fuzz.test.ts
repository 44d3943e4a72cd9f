// Malformed input of every kind: paths, queries, headers and bodies over HTTP, and bytes that are not HTTP at all.
// FUZZ_REQUESTS sets how many (60,000 in CI); FUZZ_SEED repeats a run.
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/server.ts';
import { createTestApp } from './app.ts';
import { type RunningDatabase, startPostgresql } from './databases.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const WORKERS = 16;
const TIMEOUT_MS = 600_000;

/** Mulberry32: small, seeded, and random enough for this. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  '9007199254740993',
  '9223372036854775808',
  'null',
  'true',
  '\u0000',
  '\u0007',
  '\ud800',
  '\ufeff',
  '\u202e',
  'é'.repeat(300),
  '🥛'.repeat(501),
  "'; drop table todos; --",
  '%',
  '_',
  '\\',
  '%00',
  '%ff',
  '%zz',
  '../..',
  '<script>',
  '${7*7}',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'x'.repeat(5_000),
  'YWZ0ZXI6MQ',
  Buffer.from('after:99999999999999999').toString('base64url'),
  '"1"',
  'W/"1"',
  '*',
  ',',
];

function createFuzzer(random: () => number) {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  const chance = (part: number): boolean => random() < part;
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  const word = (): string =>
    chance(0.7) ? pick(NASTY) : String.fromCodePoint(...Array.from({ length: below(12) }, () => below(0xd7ff)));

  const json = (depth = 0): unknown => {
    switch (below(depth > 4 ? 5 : 8)) {
      case 0:
        return word();
      case 1:
        return (random() - 0.5) * 10 ** below(320);
      case 2:
        return chance(0.5);
      case 3:
        return null;
      case 4:
        return below(100);
      case 5:
        return Array.from({ length: below(4) }, () => json(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: below(5) }, () => [
            pick(['title', 'completed', 'order', 'id', 'url', '__proto__', word()]),
            json(depth + 1),
          ]),
        );
    }
  };
  const body = (): Buffer => {
    if (chance(0.3)) return Buffer.from(JSON.stringify({ title: `todo ${below(100)}`, completed: chance(0.5) }));
    const text = Buffer.from(JSON.stringify(chance(0.5) ? { title: word(), ...(json() as object) } : json()) ?? '');
    if (chance(0.1)) return bytes(below(200));
    if (chance(0.1)) return text.subarray(0, below(text.length));
    if (chance(0.05)) text[below(text.length)] = below(256);
    return chance(0.02) ? Buffer.from('['.repeat(20_000)) : text;
  };
  const id = (): string => (chance(0.6) ? String(1 + below(REQUESTS / 20)) : encodeURIComponent(word().toWellFormed()));
  const path = (): string => {
    const raw = (): string => word().replaceAll(/[^!-~]/g, '');
    return pick([
      () => '/todos',
      () => `/todos/${id()}`,
      () => `/todos/${id()}`,
      () => `/todos/${raw()}`,
      () => `/${raw()}`,
      () => pick(['/', '/docs', '/openapi.json', '/version', '/page/main.js', '/metrics', '/livez', '/readyz']),
      () => `/page/${raw()}`,
    ])();
  };
  const query = (): string =>
    Array.from({ length: below(4) }, () => {
      const name = chance(0.8)
        ? pick(['limit', 'q', 'cursor', 'completed'])
        : encodeURIComponent(word().toWellFormed());
      return `${name}=${chance(0.5) ? encodeURIComponent(word().toWellFormed()) : word().replaceAll(/[^!-~]|[#]/g, '')}`;
    }).join('&');
  const headers = (): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: below(4) }, () => [
        pick([
          'content-type',
          'if-match',
          'if-none-match',
          'idempotency-key',
          'traceparent',
          'baggage',
          'accept',
          'origin',
          'x-forwarded-for',
          'x-forwarded-host',
        ]),
        word().replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''),
      ]),
    );

  return {
    next() {
      const method = pick([
        'GET',
        'GET',
        'POST',
        'POST',
        'PATCH',
        'PATCH',
        'DELETE',
        'PUT',
        'OPTIONS',
        'HEAD',
        'PROPFIND',
      ]);
      // Deleting everything is allowed now and then, not with every tenth request.
      const target = path();
      const asked = chance(0.5) ? `${target}?${query()}` : target;
      const isClearing = method === 'DELETE' && target === '/todos' && !chance(0.02);
      return {
        method: isClearing ? 'GET' : method,
        path: asked,
        headers: { ...(chance(0.8) ? { 'content-type': 'application/json' } : {}), ...headers() },
        body: ['POST', 'PATCH', 'PUT'].includes(method) ? body() : undefined,
      };
    },
    garbage: (): Buffer =>
      pick([
        () => bytes(below(500)),
        () => Buffer.from(`GET ${word()} HTTP/1.1\r\nhost: ${word()}\r\n\r\n`),
        () => Buffer.from(`POST /todos HTTP/1.1\r\nhost: x\r\ncontent-length: ${word()}\r\n\r\n${word()}`),
        () =>
          Buffer.from(
            `POST /todos HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${word()}\r\n0\r\n\r\n`,
          ),
        () => Buffer.from(`GET /todos HTTP/1.1\r\n${`x-${word()}: y\r\n`.repeat(below(200))}\r\n`),
      ])(),
  };
}

describe(`with seed ${SEED}`, () => {
  let running: RunningDatabase;
  let server: RunningServer;
  beforeAll(async () => {
    running = await startPostgresql();
    server = await startServer((await createTestApp(running.database)).app, '127.0.0.1', 0);
  });
  afterAll(async () => {
    await server.close();
    await running.stop();
  });

  it(
    `answers ${REQUESTS} requests, none with 5xx`,
    async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: WORKERS });
      const statuses = new Map<number, number>();
      const failures: unknown[] = [];
      const fuzzer = createFuzzer(createRandom(SEED));
      let sent = 0;

      const send = (input: ReturnType<typeof fuzzer.next>): Promise<number> => {
        const { promise, resolve, reject } = Promise.withResolvers<number>();
        const { method, path, headers } = input;
        const outgoing = request(
          { port: server.address.port, host: '127.0.0.1', method, path, headers, agent },
          (response) => {
            response.resume().once('end', () => resolve(response.statusCode ?? 0));
          },
        );
        outgoing.once('error', reject).end(input.body);
        return promise;
      };
      const work = async (): Promise<void> => {
        while (sent < REQUESTS && failures.length < 5) {
          sent += 1;
          const input = fuzzer.next();
          const status = await send(input).catch((error: Error) => error);
          if (typeof status !== 'number' || status >= 500) {
            failures.push({ ...input, body: input.body?.toString('latin1').slice(0, 300), status: String(status) });
          } else statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: WORKERS }, work));
      agent.destroy();

      expect(failures).toEqual([]);
      expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(REQUESTS);
      // The requests got past the first check.
      for (const status of [200, 201, 204, 400, 404, 405, 415, 422])
        expect(statuses.get(status), String(status)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'survives bytes that are not requests, and still serves',
    async () => {
      const fuzzer = createFuzzer(createRandom(SEED + 1));
      for (let n = 0; n < REQUESTS / 100; n += 1) {
        const socket = connect(server.address.port, '127.0.0.1');
        socket.on('error', () => socket.destroy());
        socket.end(fuzzer.garbage());
        let answer = '';
        socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
        await new Promise((closed) => socket.once('close', closed));
        expect(answer).not.toMatch(/^HTTP\/1\.1 5/m);
      }

      expect((await fetch(`http://127.0.0.1:${server.address.port}/todos`)).status).toBe(200);
    },
    TIMEOUT_MS,
  );
});
