// What the server makes of clients that do not speak HTTP as they should: bytes in, bytes out.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/server.ts';
import { createTestApp, type TestApp } from './app.ts';
import { type RunningDatabase, startPglite } from './databases.ts';

let running: RunningDatabase;
let test: TestApp;
let server: RunningServer;

beforeAll(async () => {
  running = await startPglite();
  test = await createTestApp(running.database);
  server = await startServer(test.app, '127.0.0.1', 0);
});
afterAll(async () => {
  test.feed.close();
  await server.close();
  await running.stop();
});

async function open(): Promise<Socket> {
  const socket = connect(server.address.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends lines, and resolves with everything that comes back until the connection is closed. */
async function answerTo(lines: readonly string[]): Promise<string> {
  const socket = await open();
  socket.write(`${lines.join('\r\n')}\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const metrics = async (): Promise<string> => (await test.app.request('/metrics')).text();

it('answers a probe over HTTP/1.0, which has no Host', async () => {
  expect(await answerTo(['GET /livez HTTP/1.0', ''])).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*ok$/);
  expect(await answerTo(['GET /todos?limit=1 HTTP/1.0', ''])).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

it('refuses a request with two Host headers', async () => {
  const answer = await answerTo(['GET /livez HTTP/1.1', 'Host: a', 'Connection: close', 'Host: b', '']);

  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*only one Host header/);
});

it('answers TRACE with the methods that are allowed', async () => {
  expect(await answerTo(['TRACE / HTTP/1.1', 'Host: a', 'Connection: close', ''])).toMatch(
    /^HTTP\/1\.1 405 Method Not Allowed\r\n[^]*allow: GET, HEAD\r\n/,
  );
});

it.each([
  ['of unknown length', 'Transfer-Encoding: chunked', '10\r\n{"title":'],
  ['of known length', 'Content-Length: 100', '{"title":'],
])("counts an upload %s that a client breaks off as the client's error", async (_what, header, part) => {
  const refused = async (): Promise<number> =>
    Number(
      /_count\{[^}]*http_request_method="POST",[^}]*http_response_status_code="400"[^}]*\} (\d+)/.exec(
        await metrics(),
      )?.[1] ?? 0,
    );
  const before = await refused();
  const socket = await open();
  socket.write(['POST /todos HTTP/1.1', 'Host: a', 'Content-Type: application/json', header, '', part].join('\r\n'));
  await expect.poll(() => metrics(), { timeout: 20_000 }).toMatch(/^http_server_active_requests(\{[^}]*\})? 1$/m);

  socket.destroy();

  await expect.poll(refused, { timeout: 20_000 }).toBe(before + 1);
  expect(await metrics()).not.toMatch(/http_response_status_code="500"[^}]*\} [1-9]/);
});

it.each([
  ['its headers', 'GET /livez HTTP/1.1\r\nHost: a\r\n'],
  ['its body', 'POST /todos HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{'],
])('cuts a client that does not finish %s after 10 s', { timeout: 120_000 }, async (_what, start) => {
  const socket = await open();
  const startedMs = performance.now();
  socket.write(start);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  const seconds = (performance.now() - startedMs) / 1000;

  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(seconds).toBeGreaterThan(9);
  expect(seconds).toBeLessThan(25); // 10.5 on a machine that is not busy; Node's defaults would make it 30 or more
});
