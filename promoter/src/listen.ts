// A port, and how much of this process whoever can reach it may take: in connections, in headers, and in time.
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';

export interface ListenSettings {
  fetch(request: Request, env: HttpBindings): Response | Promise<Response>;
  host: string;
  /** 0 for any free one. */
  port: number;
  maxConnections?: number;
}

export interface Listener {
  address: AddressInfo;
  /** No new connection from now on; those that are open end with their request. */
  close(): void;
}

const MAX_CONNECTIONS = 1_000;
const TIMES = {
  headersTimeout: 5_000,
  /** Of a whole request: the deadline of a webhook's body, and its headers. */
  requestTimeout: 15_000,
  /** Longer than a load balancer keeps an idle connection (60 s): the side that closes first must be the one that sends. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
};
const MAX_HEADER_BYTES = 16 * 1024;

/** @throws where the port cannot be listened on. */
export async function listen(settings: ListenSettings): Promise<Listener> {
  const { fetch, host, port, maxConnections = MAX_CONNECTIONS } = settings;
  const server = createAdaptorServer({
    fetch: (request, env) => fetch(request, env as HttpBindings), // HTTP/1 alone
    // A body that nobody asked for is not read to its end: the connection closes.
    autoCleanupIncoming: false,
    serverOptions: { ...TIMES, maxHeaderSize: MAX_HEADER_BYTES },
  }) as Server;
  boundConnections(server, maxConnections);
  server.listen(port, host);
  await once(server, 'listening');
  return { address: server.address() as AddressInfo, close: () => void server.close() };
}

/**
 * At the bound the connection goes that has been of no use for longest, so that connections that are only held open never keep out
 * a new one. Of use was one whose last request was answered well.
 */
function boundConnections(server: Server, maxConnections: number): void {
  const leastUsefulFirst = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    leastUsefulFirst.add(socket);
    socket.once('close', () => leastUsefulFirst.delete(socket));
    if (leastUsefulFirst.size <= maxConnections) return;
    const [first] = leastUsefulFirst;
    first?.destroy();
  });
  server.on('request', ({ socket }, response) => {
    response.once('finish', () => {
      if (response.statusCode < 400 && leastUsefulFirst.delete(socket)) leastUsefulFirst.add(socket);
    });
  });
}
