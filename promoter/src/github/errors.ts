// GitHub's failures, sorted: try again (and when), or not.
import { GraphqlResponseError } from '@octokit/graphql';
import { RequestError } from '@octokit/request-error';
import { TerminalError, TransientError } from '../errors.ts';

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: without a retry-after, at least a minute. */
const SECONDARY_LIMIT_MS = 60_000;

function limitWaitMs(headers: Record<string, string | number | undefined>, now: number): number | undefined {
  const retryAfter = Number(headers['retry-after']);
  if (retryAfter > 0) return retryAfter * 1000;
  if (String(headers['x-ratelimit-remaining']) !== '0') return undefined;
  const reset = Number(headers['x-ratelimit-reset']);
  return Number.isFinite(reset) ? Math.max(reset * 1000 - now, 1000) : SECONDARY_LIMIT_MS;
}

/**
 * @param action what we did, to what: the message reads "action: outcome".
 * @param now milliseconds since 1970; limits name the moment at which they end.
 */
export function toPromoterError(action: string, error: unknown, now = Date.now()): TransientError | TerminalError {
  if (error instanceof TransientError || error instanceof TerminalError) return error;
  if (error instanceof GraphqlResponseError) return ofGraphql(action, error, now);
  if (error instanceof RequestError) return ofRequest(action, error, now);
  return new TransientError(`${action}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

function ofGraphql(action: string, error: GraphqlResponseError<unknown>, now: number): TransientError | TerminalError {
  const message = `${action}: ${error.errors?.map((item) => item.message).join('; ') ?? error.message}`;
  if (!graphqlTypes(error).includes('RATE_LIMITED')) return new TerminalError(message, { cause: error });
  const retryAfterMs = limitWaitMs(error.headers, now) ?? SECONDARY_LIMIT_MS;
  return new TransientError(message, { cause: error, retryAfterMs });
}

function ofRequest(action: string, error: RequestError, now: number): TransientError | TerminalError {
  const { status } = error;
  const message = `${action}: ${status} ${error.message}`;
  const waitMs = limitWaitMs(error.response?.headers ?? {}, now);
  const isLimited = status === 429 || (status === 403 && (waitMs !== undefined || /rate limit/i.test(error.message)));
  if (isLimited) return new TransientError(message, { cause: error, retryAfterMs: waitMs ?? SECONDARY_LIMIT_MS });
  // 401: a token that expired between its check and its use.
  const isTransient = status >= 500 || status === 401 || status === 408;
  return isTransient ? new TransientError(message, { cause: error }) : new TerminalError(message, { cause: error });
}

/** GitHub puts an error's type beside its message, not into `extensions`. */
export function graphqlTypes(error: unknown): string[] {
  return error instanceof GraphqlResponseError
    ? (error.errors ?? []).flatMap((item) => (item.type ? [item.type] : []))
    : [];
}

/** What a GraphQL answer holds beside errors of these types alone. @throws the error, when it is another. */
export function dataDespite(error: unknown, types: ReadonlySet<string>): unknown {
  const found = graphqlTypes(error);
  if (error instanceof GraphqlResponseError && found.length > 0 && found.every((type) => types.has(type)))
    return error.data ?? {};
  throw error;
}

/**
 * The base branch moved while GitHub merged: a race, and no rule. GitHub answers both with 405 and distinguishes them by this sentence alone
 * (cli/cli#12748).
 */
export const isBaseModified = (error: unknown): boolean =>
  statusOf(error) === 405 && error instanceof RequestError && error.message.startsWith('Base branch was modified');

export function statusOf(error: unknown): number | undefined {
  return error instanceof RequestError ? error.status : undefined;
}
