import { describe, expect, it } from 'vitest';
import { CONFIG_URL, declare, environment, record, release } from '../../test/fixtures.ts';
import type { RolloutQuestion } from '../ports.ts';
import { judgeSync } from './judge-sync.ts';
import { Application } from './parse-application.ts';

const B = release('b');
const question: RolloutQuestion = {
  environment: environment(declare(), 'dev').declared,
  repository: CONFIG_URL,
  digest: B.digest,
  record: record('dev', B, { commit: 'c2' }),
  recentCommits: ['c3', 'c2', 'c1'],
};
const AT = '2026-11-23T10:00:05Z';
const succeeded = { phase: 'Succeeded', startedAt: AT, finishedAt: AT, syncResult: { revision: 'c2' } };
const proven = { sync: { status: 'Synced', revision: 'c2' }, operationState: succeeded, reconciledAt: AT };

const judge = (status: object, more: object = {}, windows = '') =>
  judgeSync(
    question,
    Application.parse({
      metadata: { name: 'todo-dev', namespace: 'argocd', creationTimestamp: '2026-11-23T09:59:00Z' },
      ...more,
      status,
    }),
    windows,
  );
const reasonOf = (verdict: ReturnType<typeof judge>): string =>
  verdict.kind === 'pending' && 'reason' in verdict.rollout ? verdict.rollout.reason : '';

describe('a sync is done', () => {
  it.each<[string, object, string]>([
    ['when it succeeded and was looked at', proven, AT],
    [
      'when it was of a later commit',
      { ...proven, operationState: { ...succeeded, syncResult: { revision: 'c3' } } },
      AT,
    ],
    [
      'though another failed before, where the comparison finds nothing to do',
      { ...proven, operationState: { ...succeeded, phase: 'Failed', syncResult: { revision: 'c1' } } },
      AT,
    ],
    [
      'without an operation, where a recreated Application found everything in place: since it exists',
      { ...proven, operationState: undefined },
      '2026-11-23T09:59:00Z',
    ],
  ])('%s', (_case, status, at) => {
    expect(judge(status)).toMatchObject({ kind: 'done', at });
  });

  it('where the only source is a chart, whose version is no commit', () => {
    const more = { spec: { source: { repoURL: 'https://charts.example.com', chart: 'todo' } } };
    const revision = '1.4.2';

    expect(
      judge(
        { ...proven, sync: { status: 'Synced', revision }, operationState: { ...succeeded, syncResult: { revision } } },
        more,
      ).kind,
    ).toBe('done');
  });
});

describe('a sync is pending, with what Argo CD says', () => {
  const running = { phase: 'Running', startedAt: AT, operation: { sync: { revision: 'c2' } } };
  const other = { ...running, operation: { sync: { revision: 'c1' } } };
  it.each<[string, object, object, string]>([
    ['nothing at all', {}, {}, 'Argo CD has not looked at this Application yet'],
    [
      'an operation that is asked for',
      {},
      { operation: { sync: { revision: 'c2' } } },
      'Argo CD is starting a sync of c2',
    ],
    ['an operation that runs', { operationState: running }, {}, 'Argo CD is syncing c2'],
    [
      'what it waits for',
      { operationState: { ...running, message: 'waiting for hook' } },
      {},
      'Argo CD is syncing c2: waiting for hook',
    ],
    [
      'a failed attempt',
      { operationState: { ...running, finishedAt: AT, retryCount: 1, message: 'not permitted' } },
      {},
      'attempt 1 of its sync of c2 failed, and Argo CD tries again: not permitted',
    ],
    ['the next attempt', { operationState: { ...running, retryCount: 1 } }, {}, 'Argo CD is syncing c2, attempt 2'],
    [
      'a sync that somebody stops',
      { operationState: { ...running, phase: 'Terminating' } },
      {},
      'Argo CD is stopping its sync of c2',
    ],
    ['an older commit', { operationState: other }, {}, 'Argo CD is still syncing c1, which is older than c2'],
    [
      'an older commit that fails',
      { operationState: { ...other, finishedAt: AT, message: 'not permitted' } },
      {},
      'Argo CD is still syncing c1, which is older than c2, and tries again after a failure: not permitted',
    ],
    [
      'a sync whose result nobody has looked at',
      { ...proven, reconciledAt: '2026-11-23T10:00:04Z' },
      {},
      'Argo CD has not looked at the result of its sync yet',
    ],
    [
      'a comparison of before',
      { sync: { status: 'Synced', revision: 'c1' }, reconciledAt: AT },
      {},
      'Argo CD has not synced c2 yet',
    ],
  ])('%s', (_case, status, more, reason) => {
    expect(reasonOf(judge(status, more))).toBe(reason);
  });

  it('and asks for another look where the commit was not seen, with the windows of the project', () => {
    const status = {
      ...proven,
      sync: { status: 'OutOfSync', revision: 'c2' },
      operationState: { ...succeeded, syncResult: { revision: 'c1' } },
    };

    expect(judge(status, {}, '; project services has sync windows for it (deny)')).toEqual({
      kind: 'pending',
      rollout: {
        state: 'progressing',
        reason: 'Argo CD has not synced c2 yet; project services has sync windows for it (deny)',
        awaitsSync: true,
      },
    });
  });
});

describe('a sync is unknown', () => {
  it.each([
    ['InvalidSpecError', 'Argo CD rejects this Application: m'],
    ['ComparisonError', 'Argo CD cannot compare: m'],
    ['UnknownError', 'Argo CD failed: m'],
  ])('with the message of %s', (type, reason) => {
    expect(judge({ ...proven, conditions: [{ type, message: 'm' }] })).toEqual({
      kind: 'pending',
      rollout: { state: 'unknown', reason },
    });
  });

  it('while Argo CD deletes the Application', () => {
    const metadata = { name: 'todo-dev', namespace: 'argocd', deletionTimestamp: AT };

    expect(reasonOf(judge(proven, { metadata }))).toBe('Argo CD is deleting this Application');
  });

  it('not with a SyncError, which stays until the next comparison', () => {
    expect(judge({ ...proven, conditions: [{ type: 'SyncError', message: 'm' }] }).kind).toBe('done');
  });
});

describe('a sync has failed', () => {
  it.each([
    ['since its end', { finishedAt: AT, message: 'no such kind' }, AT, 'the sync failed: no such kind'],
    ['since its start, where it has no end', { finishedAt: null }, AT, 'the sync failed: Error'],
  ])('%s', (_case, more, since, reason) => {
    expect(judge({ ...proven, operationState: { ...succeeded, phase: 'Error', ...more } })).toMatchObject({
      kind: 'failed',
      since,
      reason,
    });
  });
});
