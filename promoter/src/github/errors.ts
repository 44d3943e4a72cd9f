// GitHub's failures, sorted: try again (and when), or not. Octokit's types do not leave this file.
import { GraphqlResponseError } from '@octokit/graphql';
import { RequestError } from '@octokit/request-error';
import { TerminalError, TransientError } from '../errors.ts';

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: without a retry-after, at least a minute. */
const SECONDARY_LIMIT_MS = 60_000;

function limitWaitMs(headers: Record<string, string | number | undefined>, now: number): number | undefined {
  const retryAfter = Number(headers['retry-after']);
  if (retryAfter > 0) return retryAfter * 1000;
  if (String(headers['x-ratelimit-remaining']) === '0')
    return Math.max(Number(headers['x-ratelimit-reset']) * 1000 - now, 1000);
  return undefined;
}

/** @param action what we did, to what: the message reads "action: outcome". */
export function toPromoterError(action: string, error: unknown): Error {
  if (error instanceof TransientError || error instanceof TerminalError) return error;
  if (error instanceof GraphqlResponseError) {
    const types = graphqlTypes(error);
    const message = `${action}: ${error.errors?.map((item) => item.message).join('; ') ?? error.message}`;
    return types.includes('RATE_LIMITED')
      ? new TransientError(message, {
          cause: error,
          retryAfterMs: limitWaitMs(error.headers, Date.now()) ?? SECONDARY_LIMIT_MS,
        })
      : new TerminalError(message, { cause: error });
  }
  if (error instanceof RequestError) {
    const message = `${action}: ${error.status} ${error.message}`;
    const waitMs = limitWaitMs(error.response?.headers ?? {}, Date.now());
    const limited =
      error.status === 429 || (error.status === 403 && (waitMs !== undefined || /rate limit/i.test(error.message)));
    if (limited) return new TransientError(message, { cause: error, retryAfterMs: waitMs ?? SECONDARY_LIMIT_MS });
    // 401: a token expired between its check and its use; the next one is minted anew.
    if (error.status >= 500 || error.status === 401 || error.status === 408)
      return new TransientError(message, { cause: error });
    return new TerminalError(message, { cause: error });
  }
  return new TransientError(`${action}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** GitHub puts an error's type beside its message, not into `extensions`. */
export function graphqlTypes(error: unknown): string[] {
  return error instanceof GraphqlResponseError
    ? (error.errors ?? []).flatMap((item) => (item.type ? [item.type] : []))
    : [];
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof RequestError ? error.status : undefined;
}
