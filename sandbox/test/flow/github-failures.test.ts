// GitHub's bad moments, in its own words. The resync is five minutes away: what is not tried again by itself comes too late.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import type { ApiEffect } from '../../src/github/faults.ts';
import { type Harness, startHarness } from './harness.ts';

const answer = (body: object, status = 200, headers: Record<string, string> = {}): ApiEffect => ({
  kind: 'answer',
  status,
  headers,
  body,
});
const graphqlError = (error: object): object => ({ data: null, errors: [error] });
const WRONG =
  'Something went wrong while executing your query on 2026-11-25T15:00:00Z. Please include `A1B2:3C4D:5E6F:7A8B:9C0D` when reporting this issue.';
const SECONDARY = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
};

describe('GitHub fails', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      transformPromotion: (text) => text.replace(/( +)soak: 1s\n/, '$1soak: 1s\n$1approval: {}\n'),
    });
  });
  afterAll(() => harness.close());
  const fail = (operation: string, effect: ApiEffect, times = 1) =>
    harness.sandbox.github.faults.addApiFault({ operation, effect, times });
  const waits = (): number[] =>
    harness.sandbox.promoter.lastLines(500).flatMap((line) => {
      const [, ms] = /"retryInMs":(\d+)/.exec(line) ?? [];
      return ms === undefined ? [] : [Number(ms)];
    });

  // Sources: https://github.com/octokit/plugin-retry.js/issues/395, https://github.com/googleapis/release-please/issues/2905
  it.each([
    ['a query went wrong', answer(graphqlError({ message: WRONG })), 1],
    ['a query timed out', answer(graphqlError({ message: 'Timeout on validation of query' })), 2],
    ['a gateway failed', answer({ message: 'Server Error' }, 502), 2],
  ])('and a release is promoted within seconds after %s', async (what, effect, times) => {
    fail('Snapshot', effect, times);

    const { tag } = await harness.push(what);

    await harness.runsEverywhere(tag, ['dev']);
    expect(waits().at(-1)).toBeLessThan(4_000);
    expect((await harness.board()).access).toEqual([]);
  });

  it('a commit that went wrong in GraphQL is made again, once', async () => {
    fail('CommitDirectly', answer(graphqlError({ message: WRONG })));

    const { tag } = await harness.push('The commit went wrong');

    await harness.runsEverywhere(tag, ['dev']);
    const subjects = (await harness.history()).map(({ message }) => message.split('\n')[0]);
    expect(subjects.filter((subject) => subject === `promote(todo): dev to ${tag}`)).toHaveLength(1);
  });

  it.each<[string, () => ApiEffect]>([
    [
      'the primary limit of GraphQL',
      () =>
        answer(
          graphqlError({ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 77.' }),
          200,
          {
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 4),
          },
        ),
    ],
    ['a secondary limit', () => answer(SECONDARY, 403, { 'retry-after': '4' })],
  ])('%s is on the board with its end, and waited for', async (what, effect) => {
    fail('Snapshot', effect());
    const pushing = harness.push(what);

    const problem = await harness.eventually('the problem', async () => (await harness.board()).access[0]);
    expect(problem).toMatchObject({ kind: 'unreadable', what: expect.stringContaining('rate limit') });
    expect(problem.whatToDo).toBe(`nothing: it is tried again at ${problem.until}`);

    const { tag } = await pushing;
    await harness.runsEverywhere(tag, ['dev']);
    expect((await harness.board()).access).toEqual([]);
  });

  it('an App whose key GitHub does not take for a moment is tried again', async () => {
    fail('/installation', answer({ message: 'A JSON web token could not be decoded' }, 401), 2);
    harness.sandbox.github.hub.callers.revokeInstallationTokens();

    const { tag } = await harness.push('The key is not taken');

    await harness.runsEverywhere(tag, ['dev']);
  });

  // Source: https://github.com/cli/cli/pull/12748
  it('a pull request whose answer was lost is found again, not opened twice', async () => {
    const before = harness.openPullRequest('staging');
    if (before)
      await harness.api('PATCH', `/repos/${CONFIG_REPOSITORY}/pulls/${before.number}`, 'dana', { state: 'closed' });
    fail(`POST /repos/${CONFIG_REPOSITORY}/pulls`, { kind: 'error-after', status: 502 });

    const { tag } = await harness.push('The pull request is lost');

    const title = `promote(todo): staging to ${tag}`;
    await harness.eventually('the pull request', () => harness.openPullRequest('staging')?.title === title);
    await harness.eventually('the board to know it', async () => (await harness.environment('staging')).pullRequest);
    expect(harness.pullRequests().filter((pull) => pull.title === title)).toHaveLength(1);
  });

  // Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
  it('a merge that meets a secondary limit is made after the wait', async () => {
    const pull = await harness.eventually('the pull request', () => harness.openPullRequest('staging'));
    fail('/merge', answer(SECONDARY, 403, { 'retry-after': '3' }));

    await harness.review(pull.number, 'rene');

    await harness.eventually('the merge', () => pull.mergedAt !== null);
    expect(waits().at(-1)).toBeGreaterThanOrEqual(3_000);
  });

  it('a push without lists of files means that anything may have changed', async () => {
    const { faults, hub } = harness.sandbox.github;
    faults.addWebhookFault({ event: 'push', effect: 'lose', times: 1 });
    await harness.editConfig('promotion.yaml', (text) => `${text}# a note\n`);
    await harness.sandbox.github.settled();
    const lost = hub.webhooks.log.list('app').find(({ event, status }) => event === 'push' && status !== 'OK');
    if (!lost) throw new Error('no push was lost');
    const payload = JSON.parse(lost.payload) as { commits: object[] };
    hub.webhooks.emit({
      event: 'push',
      repositoryId: lost.repositoryId,
      payload: {
        ...payload,
        commits: payload.commits.map((commit) => ({ ...commit, added: [], removed: [], modified: [] })),
      },
    });

    await harness.eventually('an answer', () => {
      const newest = hub.webhooks.log.list('app').find(({ event }) => event === 'push');
      return newest !== lost && newest?.responseBody.includes('queued');
    });
  });
});
