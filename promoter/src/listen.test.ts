import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { listen, type Listener } from './listen.ts';

let listener: Listener;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  listener.close();
});

const start = async (maxConnections?: number): Promise<void> => {
  const fetch = (request: Request): Response =>
    new Response('answered', { status: request.url.endsWith('/refused') ? 401 : 200 });
  listener = await listen({
    fetch,
    host: '127.0.0.1',
    port: 0,
    ...(maxConnections === undefined ? {} : { maxConnections }),
  });
};

async function open(): Promise<Socket> {
  const socket = connect(listener.address.port, '127.0.0.1').setEncoding('latin1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, path = '/'): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: promoter\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [string];
  return answer.slice(9, 12);
}

it('at its bound closes the connection that has been of no use for longest, and answers the newest', async () => {
  await start(3);
  const useful = await open();
  const silent = await open();
  const refused = await open();
  expect([await ask(useful), await ask(refused, '/refused')]).toEqual(['200', '401']);

  const closed = [once(silent, 'close'), once(refused, 'close')];
  const newest = [await open(), await open()];
  await Promise.all(closed);

  expect(await Promise.all([useful, ...newest].map((socket) => ask(socket)))).toEqual(['200', '200', '200']);
});

it('answers headers beyond 16 KiB with 431, and closes the connection', async () => {
  await start();
  const socket = await open();
  const closed = once(socket, 'close');
  socket.write(`GET / HTTP/1.1\r\nHost: promoter\r\nX-Large: ${'a'.repeat(17_000)}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [string];

  expect(answer).toContain('431');
  await closed;
});
