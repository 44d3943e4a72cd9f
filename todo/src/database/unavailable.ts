// Which failures mean "not now" and not "never".

/** The database cannot serve a request right now. A retry may succeed; a write may or may not have happened. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
  readonly retryAfterSeconds = 1;
}

/** Of postgres.js (https://github.com/porsager/postgres#connection-errors) and of the operating system. */
const CONNECTION_CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // a Unix socket that does not exist yet
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Connection failures (08), too many connections or no memory (53), statements that were cancelled and servers that are
 * stopping or starting (57), read-only after a failover (25006), deadlocks and lock time-outs.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATES = /^(08|53|57)[0-9A-Z]{3}$|^(25006|40001|40P01|55P03)$/;

/** Searches the error and its causes. @returns the code of such a failure; undefined for any other failure. */
export function unavailableCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string' && (CONNECTION_CODES.has(code) || SQLSTATES.test(code))) return code;
  }
  return undefined;
}
