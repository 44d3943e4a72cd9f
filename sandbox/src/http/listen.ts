// Every server of the sandbox listens on loopback, and names the port when it cannot.
import { type Server, createServer } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

export const LOOPBACK = '127.0.0.1';

export class PortTakenError extends Error {
  override name = 'PortTakenError';
}

export interface Listening {
  /** Origin without a trailing slash. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Finds a port that is free at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await listening(probe, 0);
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => void probe.close(closed));
  return port;
}

function listening(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, LOOPBACK, () => resolve());
  return promise;
}

/**
 * @param port 0 picks a free one.
 * @throws PortTakenError when another process has it.
 */
export async function listen(
  name: string,
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch }) as Server & { closeAllConnections(): void };
  try {
    await listening(server, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTakenError(
      `${name}: port ${port} is taken by another process. Stop that process or choose another port.`,
    );
  }
  const { port: actual } = server.address() as { port: number };
  return {
    url: `http://${LOOPBACK}:${actual}`,
    port: actual,
    async close() {
      const closed = new Promise((done) => void server.close(done));
      server.closeAllConnections(); // event streams would keep the server open
      await closed;
    },
  };
}
