import { GraphqlResponseError } from '@octokit/graphql';
import { RequestError } from '@octokit/request-error';
import { describe, expect, it } from 'vitest';
import { TerminalError, TransientError } from '../errors.ts';
import { dataDespite, graphqlTypes, isBaseModified, readableData, statusOf, toPromoterError } from './errors.ts';

const NOW = Date.UTC(2026, 10, 23, 10);

const refused = (status: number, headers: Record<string, string> = {}, message = 'refused'): RequestError =>
  new RequestError(message, status, {
    request: { method: 'GET', url: 'https://api.github.com/', headers: {} },
    response: { status, url: 'https://api.github.com/', headers, data: {} },
  });

const graphqlError = (
  type?: string,
  headers: Record<string, string> = {},
  extensions: Record<string, string> = {},
  path: (string | number)[] = ['repository'],
): GraphqlResponseError<unknown> =>
  new GraphqlResponseError({ method: 'POST', url: '/graphql' }, headers, {
    data: { repository: null },
    errors: [
      {
        message: 'no such thing',
        path,
        extensions,
        locations: [{ line: 1, column: 1 }],
        ...(type ? { type } : {}),
      } as never,
    ],
  });

const wait = (error: Error): number | undefined => (error instanceof TransientError ? error.retryAfterMs : undefined);

describe('an answer of the REST API', () => {
  it.each([
    [500, {}, undefined],
    [502, {}, undefined],
    [401, {}, undefined],
    [408, {}, undefined],
    [429, {}, 60_000],
    [429, { 'retry-after': '7' }, 7_000],
    [403, { 'retry-after': '30' }, 30_000],
    [403, { 'x-ratelimit-remaining': '0' }, 60_000],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) }, 90_000],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 - 90) }, 1_000],
  ])('%i %j is tried again', (status, headers, retryAfterMs) => {
    const error = toPromoterError('read acme/config', refused(status, headers), NOW);

    expect(error).toBeInstanceOf(TransientError);
    expect(wait(error)).toBe(retryAfterMs);
  });

  it('403 that speaks of a rate limit is tried again after a minute', () => {
    const error = toPromoterError('read', refused(403, {}, 'You have exceeded a secondary rate limit'), NOW);

    expect(wait(error)).toBe(60_000);
  });

  it.each([400, 403, 404, 405, 409, 422])('%i is not tried again', (status) => {
    const error = toPromoterError('merge #7 of acme/config', refused(status), NOW);

    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toBe(`merge #7 of acme/config: ${status} refused`);
    expect(error.cause).toBeInstanceOf(RequestError);
  });

  it('is said without the page that documents it', () => {
    const documented = refused(
      405,
      {},
      'Changes must be made through a pull request. - https://docs.github.com/rest/pulls#merge',
    );

    expect(toPromoterError('merge #7', documented, NOW).message).toBe(
      'merge #7: 405 Changes must be made through a pull request.',
    );
  });

  it('that says that the base branch moved meanwhile is a race; a rule answers with the same status', () => {
    expect(isBaseModified(refused(405, {}, 'Base branch was modified. Review and try the merge again.'))).toBe(true);
    expect(isBaseModified(refused(405, {}, 'Required status check "ci" is expected.'))).toBe(false);
    expect(isBaseModified(new Error('Base branch was modified'))).toBe(false);
  });

  it('has a status; nothing else has', () => {
    expect(statusOf(refused(404))).toBe(404);
    expect(statusOf(new Error('404'))).toBeUndefined();
  });
});

describe('an answer of the GraphQL API', () => {
  it('that is rate limited is tried again when the limit ends', () => {
    expect(wait(toPromoterError('read', graphqlError('RATE_LIMITED'), NOW))).toBe(60_000);
    expect(wait(toPromoterError('read', graphqlError('RATE_LIMITED', { 'retry-after': '5' }), NOW))).toBe(5_000);
  });

  it('that says nothing of the kind of its error is tried again: GitHub failed', () => {
    const error = toPromoterError('read acme/config', graphqlError(), NOW);

    expect(error).toBeInstanceOf(TransientError);
    expect(wait(error)).toBeUndefined();
  });

  it('with a code is an error in the document, which stays', () => {
    expect(toPromoterError('read', graphqlError(undefined, {}, { code: 'undefinedField' }), NOW)).toBeInstanceOf(
      TerminalError,
    );
  });

  it('names what may not be read, beside what may', () => {
    const path = ['repository', 'branch0', 'associatedPullRequests', 'nodes', 0, 'statusCheckRollup'];

    expect(readableData(graphqlError('FORBIDDEN', {}, {}, path))).toEqual({
      data: { repository: null },
      forbidden: [['repository', 'branch0', 'associatedPullRequests', 'nodes', 'statusCheckRollup']],
    });
    expect(() => readableData(graphqlError('FORBIDDEN', {}, {}, ['createCommitOnBranch']))).toThrow('no such thing');
    expect(() => readableData(graphqlError('NOT_FOUND', {}, {}, path))).toThrow('no such thing');
  });

  it('with another error is not tried again, and says what GitHub says', () => {
    const error = toPromoterError('read acme/config', graphqlError('NOT_FOUND'), NOW);

    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toBe('read acme/config: no such thing');
  });

  it('has types of errors, and data beside those that are accepted', () => {
    expect(graphqlTypes(graphqlError('NOT_FOUND'))).toEqual(['NOT_FOUND']);
    expect(graphqlTypes(graphqlError())).toEqual([]);
    expect(dataDespite(graphqlError('NOT_FOUND'), new Set(['NOT_FOUND']))).toEqual({ repository: null });
    expect(() => dataDespite(graphqlError('FORBIDDEN'), new Set(['NOT_FOUND']))).toThrow('no such thing');
    expect(() => dataDespite(graphqlError(), new Set(['NOT_FOUND']))).toThrow('no such thing');
  });
});

describe('anything else', () => {
  it('is a failure of the network, which may pass', () => {
    const cause = new TypeError('fetch failed');
    const error = toPromoterError('read acme/config', cause, NOW);

    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toBe('read acme/config: fetch failed');
    expect(error.cause).toBe(cause);
  });

  it('that is sorted already stays what it is', () => {
    const error = new TerminalError('merge #7: conflict');

    expect(toPromoterError('merge #7', error, NOW)).toBe(error);
  });
});
