// The HTTP server, and its graceful shutdown: no accepted request is lost.
import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
} from 'node:http';
import { type AddressInfo, Server as TcpServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { problem } from './problem.ts';

const TIMES = {
  /** How long a client may take to send its headers, and its whole request: at most 64 KiB. */
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  /** How often Node looks for requests that take longer; 30 s by default, which would make 40 s of the 10. */
  connectionsCheckingInterval: 500,
  /** Longer than load balancers keep idle connections (60 s): the server must not close a connection that they are about to use. */
  keepAliveTimeout: 75_000,
};
/** Of requests without one: HTTP/1.0 has no Host, and some probes speak HTTP/1.0. Node refuses HTTP/1.1 without it. */
const DEFAULT_HOST = 'localhost';
/**
 * A connection that has been idle for this long after the listener closed carries no request on its way, and may be closed. Closing it
 * at once, as Node's own close() does, resets a request that has arrived and has not been read.
 */
const IDLE_GRACE_MS = 1_000;
/** Time for clients that reconnect for every request to get a connection that they keep, before the listener closes. */
const SETTLE_MS = 200;
const IDLE_CHECK_MS = 50;

type HeadArgument = string | OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;

export interface RunningServer {
  readonly address: AddressInfo;
  /** Keeps serving for so long, and asks every client to close its connection, so that it connects to another replica. */
  drain(forMs: number): Promise<void>;
  /** Accepts no new connections, and resolves when the open requests have been answered and the connections are closed. */
  close(): Promise<void>;
}

export async function startServer(app: Hono, host: string, port: number): Promise<RunningServer> {
  let keepsAlive = true;
  class Answer<Incoming extends IncomingMessage> extends ServerResponse<Incoming> {
    // Decided as late as possible: a request may be answered long after it has arrived.
    override writeHead(status: number, ...head: HeadArgument[]): this {
      if (!keepsAlive) this.shouldKeepAlive = false;
      return super.writeHead(status, ...(head as [OutgoingHttpHeaders]));
    }
  }
  const server = createAdaptorServer({
    fetch: (request, env) =>
      hasOneHost((env as HttpBindings).incoming.rawHeaders) // HTTP/1 alone
        ? app.fetch(request, env)
        : problem(400, 'A request may have only one Host header.'),
    hostname: DEFAULT_HOST,
    serverOptions: { ...TIMES, ServerResponse: Answer },
  }) as Server;
  const unused = trackUnused(server);
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await listening;
  return {
    address: server.address() as AddressInfo,
    async drain(forMs) {
      if (forMs === 0) return;
      keepsAlive = false;
      await wait(forMs);
      keepsAlive = true;
      await wait(SETTLE_MS);
    },
    async close() {
      // Not Node's close() of an HTTP server, which closes idle connections at once.
      const closed = new Promise((done) => void TcpServer.prototype.close.call(server, done));
      keepsAlive = false;
      const grace = setTimeout(() => {
        closing = setInterval(() => {
          server.closeIdleConnections();
          for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
        }, IDLE_CHECK_MS);
      }, IDLE_GRACE_MS);
      let closing: NodeJS.Timeout | undefined;
      await closed;
      clearTimeout(grace);
      clearInterval(closing);
    },
  };
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-3.2-6. Node keeps the first of several, and another server might use the last. */
function hasOneHost(rawHeaders: readonly string[]): boolean {
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') found += 1;
  }
  return found < 2;
}

/** The open connections that have not carried a request yet: Node does not count them as idle. */
function trackUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}
