// Refuses bodies that are larger than anybody needs, before they are read.
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem } from './problem.ts';

export function limitBody(maxBytes: number): MiddlewareHandler {
  const refuse = (): Response => problem(413, `A body may have at most ${maxBytes} bytes.`);
  // It counts what is streamed, for which it makes a Request of undici: only where the length is not declared.
  const limitStreamed = bodyLimit({ maxSize: maxBytes, onError: refuse });
  return (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined) return limitStreamed(c, next);
    return Number(c.req.header('content-length') ?? 0) > maxBytes ? Promise.resolve(refuse()) : next();
  };
}
