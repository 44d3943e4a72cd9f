import type { IncomingMessage } from 'node:http';
import type { Logger } from '@delivery/telemetry/logger';
import type { ErrorHandler } from 'hono';

/** What a Node server hands along; anywhere else there is none. */
export type Env = { Bindings: { incoming?: IncomingMessage } };

/** Whoever sent a request that fails here learns that it failed, and the log why. */
export function answerFailure(logger: Logger): ErrorHandler<Env> {
  return (error, c) => {
    // Whoever went away in the middle of a request is no failure of ours. One that is read to its end is destroyed too.
    const incoming = c.env?.incoming;
    if (incoming?.destroyed === true && !incoming.complete) return c.body(null, 400);
    logger.error({ err: error, path: c.req.path }, 'request failed');
    return c.json({ outcome: 'failed', reason: 'see the log' }, 500);
  };
}
