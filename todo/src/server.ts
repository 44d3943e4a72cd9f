// The HTTP server, and its graceful shutdown: no accepted request is lost.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

/** How long a client may take to send its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than load balancers keep idle connections (60 s): the server must not close a connection that they are about to use. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const IDLE_CHECK_MS = 50;

export interface RunningServer {
  readonly address: AddressInfo;
  /** From now on every response asks the client to close its connection. */
  drain(): void;
  /** Accepts no new connections, and resolves when the open requests have been answered. */
  close(): Promise<void>;
}

export async function startServer(app: Hono, host: string, port: number): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  let draining = false;
  server.prependListener('request', (_request, response) => {
    if (draining) response.shouldKeepAlive = false;
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await listening;
  return {
    address: server.address() as AddressInfo,
    drain() {
      draining = true;
    },
    async close() {
      draining = true;
      const closing = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      await new Promise((closed) => void server.close(closed));
      clearInterval(closing);
    },
  };
}
