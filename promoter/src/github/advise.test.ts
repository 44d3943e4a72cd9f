import { RequestError } from '@octokit/request-error';
import { describe, expect, it } from 'vitest';
import { TerminalError, TransientError } from '../errors.ts';
import { adviseOn } from './advise.ts';
import { toPromoterError } from './errors.ts';

const NOW = new Date('2026-11-23T10:00:00.123Z');
const refused = (status: number): Error =>
  toPromoterError(
    'read acme/config',
    new RequestError('no', status, { request: { method: 'GET', url: 'https://api.github.com/', headers: {} } }),
  );

describe('what to do about a refusal', () => {
  it.each([
    ['a token that GitHub does not take', refused(401), 'GITHUB_APP_ID'],
    ['a permission that is missing', refused(403), 'grant the App'],
    ['a repository that is not there', refused(404), 'CONFIG_REPOSITORY'],
    ['an outage', refused(502), 'nothing: it is tried again by itself'],
    [
      'an error that knows it',
      new TerminalError('no branch', { whatToDo: 'set CONFIG_BRANCH=main' }),
      'CONFIG_BRANCH=main',
    ],
    ['anything else', new TypeError('x is not a function'), 'see the log'],
  ])('%s', (_case, error, text) => {
    expect(adviseOn(error, NOW)).toMatchObject({ what: error.message, until: undefined });
    expect(adviseOn(error, NOW).whatToDo).toContain(text);
  });

  it('of a limit is to wait, and until when', () => {
    const error = new TransientError('read acme/config: 403 limit', { retryAfterMs: 90_000 });

    expect(adviseOn(error, NOW)).toEqual({
      what: 'read acme/config: 403 limit',
      whatToDo: 'nothing: it is tried again at 2026-11-23T10:01:30Z',
      until: '2026-11-23T10:01:30Z',
    });
  });
});
