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
  const retryAfterMs = limitWaitMs(error.headers, now);
  if (graphqlTypes(error).includes('RATE_LIMITED'))
    return new TransientError(message, { cause: error, retryAfterMs: retryAfterMs ?? SECONDARY_LIMIT_MS });
  if (isUntyped(error)) return new TransientError(message, { cause: error, retryAfterMs });
  return new TerminalError(message, { cause: error });
}

/**
 * "Something went wrong while executing your query", "Timeout on validation of query": GitHub failed and says nothing of a kind. What the
 * caller did wrong has a type, and what is wrong with a document has a code.
 * https://github.com/octokit/plugin-retry.js/issues/395
 */
function isUntyped({ errors }: GraphqlResponseError<unknown>): boolean {
  return (errors ?? []).some(({ type, extensions }) => {
    const code: unknown = (extensions as Record<string, unknown> | undefined)?.['code'];
    return !type && code === undefined;
  });
}

function ofRequest(action: string, error: RequestError, now: number): TransientError | TerminalError {
  const { status } = error;
  // Octokit adds where it is documented.
  const said = error.message.replace(/ - https?:\/\/docs\.github\.com\S*$/, '');
  const message = `${action}: ${status} ${said}`;
  const waitMs = limitWaitMs(error.response?.headers ?? {}, now);
  if (isLimited(error))
    return new TransientError(message, { cause: error, retryAfterMs: waitMs ?? SECONDARY_LIMIT_MS });
  // 401: a token that expired between its check and its use.
  const isTransient = status >= 500 || status === 401 || status === 408;
  return isTransient ? new TransientError(message, { cause: error }) : new TerminalError(message, { cause: error });
}

/** Whether GitHub refused because we asked too often. */
export function isLimited(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  const isAskedToWait = limitWaitMs(error.response?.headers ?? {}, 0) !== undefined;
  return error.status === 429 || (error.status === 403 && (isAskedToWait || /rate limit/i.test(error.message)));
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

/** Where GitHub answered `null` because we may not read it: the names on the way, without places in lists. */
export type ForbiddenPath = readonly string[];

/** What a GraphQL answer holds beside fields that we may not read. @throws the error, when it is another. */
export function readableData(error: unknown): { data: unknown; forbidden: ForbiddenPath[] } {
  const data = dataDespite(error, FORBIDDEN);
  const { errors = [] } = error instanceof GraphqlResponseError ? error : {};
  const forbidden = errors.map(({ path }) =>
    ((path as unknown[] | undefined) ?? []).filter((name) => typeof name === 'string'),
  );
  // A mutation and a whole object that are forbidden leave nothing to go on with.
  if (forbidden.some((path) => path.length < 2)) throw error;
  return { data, forbidden };
}

const FORBIDDEN: ReadonlySet<string> = new Set(['FORBIDDEN']);

/**
 * The base branch moved while GitHub merged: a race, and no rule. GitHub answers both with 405 and distinguishes them by this sentence alone
 * (cli/cli#12748).
 */
export const isBaseModified = (error: unknown): boolean =>
  statusOf(error) === 405 && error instanceof RequestError && error.message.startsWith('Base branch was modified');

export function statusOf(error: unknown): number | undefined {
  return error instanceof RequestError ? error.status : undefined;
}
