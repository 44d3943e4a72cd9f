import { describe, expect, it } from 'vitest';
import { release, sha } from '../../test/fixtures.ts';
import { formatTrailers } from '../decide/commit-trailers.ts';
import { withdrawnBody } from '../decide/describe-change.ts';
import type { Approval } from '../decide/pipeline.ts';
import { declinedReleases, parsePullRequest, recordOf, type ReviewerRights } from './parse-pull-request.ts';
import type { CommitNode, PullRequestNode } from './snapshot-query.ts';

const B = release('b');
const target = { pipeline: 'todo', environment: 'prod' };
const commit: CommitNode = {
  oid: sha('9'),
  committedDate: '2026-11-23T10:00:00Z',
  message: `promote(todo): prod\n\n${formatTrailers({
    ...target,
    release: B,
    source: { owner: 'acme', name: 'todo' },
    sourceDate: undefined,
    replaces: undefined,
    rollsBack: undefined,
    failedAt: undefined,
    pullRequest: undefined,
    approvedBy: [],
    traceparent: undefined,
  })}`,
};
type CheckNode = NonNullable<
  PullRequestNode['commits']['nodes'][number]['commit']['statusCheckRollup']
>['contexts']['nodes'][number];
type ReviewNode = NonNullable<PullRequestNode['latestOpinionatedReviews']>['nodes'][number];

function node(more: Partial<PullRequestNode> = {}, checks?: CheckNode[], head: CommitNode = commit): PullRequestNode {
  return {
    number: 7,
    url: 'https://github.com/acme/config/pull/7',
    title: 'promote(todo): prod',
    body: 'text',
    createdAt: '2026-11-23T10:00:01Z',
    state: 'OPEN',
    isCrossRepository: false,
    mergeable: 'MERGEABLE',
    headRefOid: sha('9'),
    author: { login: 'promoter', kind: 'Bot' },
    commits: {
      nodes: [{ commit: { ...head, statusCheckRollup: checks ? { contexts: { nodes: checks } } : null } }],
    },
    latestOpinionatedReviews: null,
    timelineItems: { nodes: [] },
    ...more,
  };
}
const write: Approval = { permission: 'write', count: 1, excludeAuthors: false };
/** Everybody whose name begins with r has the right that is asked for; `asked` fills with whom it was asked of. */
function rightsOf(asked: string[]): ReviewerRights {
  return {
    hasRight(login) {
      asked.push(login);
      return Promise.resolve(login.startsWith('r'));
    },
  };
}
const parse = (one: PullRequestNode, approval: Approval | undefined = write, asked: string[] = []) =>
  parsePullRequest(one, target, approval, rightsOf(asked));

describe('a pull request', () => {
  it('has what GitHub says, and the record that its head carries', async () => {
    expect(await parse(node())).toMatchObject({
      number: 7,
      url: 'https://github.com/acme/config/pull/7',
      title: 'promote(todo): prod',
      body: 'text',
      author: 'promoter',
      headOid: sha('9'),
      isConflicting: false,
      openedAt: '2026-11-23T10:00:01Z',
      record: { release: B, commit: sha('9') },
      reviews: [],
      checks: [],
    });
  });

  it.each<[string, Partial<PullRequestNode>, object]>([
    ['conflicts where GitHub says so', { mergeable: 'CONFLICTING' }, { isConflicting: true }],
    ['does not conflict while GitHub does not know', { mergeable: 'UNKNOWN' }, { isConflicting: false }],
    ['has an author whose account is gone', { author: null }, { author: 'ghost' }],
    ['carries nothing without a commit', { commits: { nodes: [] } }, { record: undefined, checks: [] }],
  ])('%s', async (_case, more, expected) => {
    expect(await parse(node(more))).toMatchObject(expected);
  });

  it.each([
    ['of another environment', { ...target, environment: 'dev' }],
    ['of another pipeline', { ...target, pipeline: 'other' }],
  ])('carries no record %s', (_case, other) => {
    expect(recordOf(commit, other)).toBeUndefined();
  });
});

describe('checks', () => {
  const checked = async (check: CheckNode) => (await parse(node({}, [check]))).checks;

  it.each<['passed' | 'pending' | 'failed', status: string, conclusion: string | null]>([
    ['passed', 'COMPLETED', 'SUCCESS'],
    ['passed', 'COMPLETED', 'NEUTRAL'],
    ['passed', 'COMPLETED', 'SKIPPED'],
    ['pending', 'QUEUED', null],
    ['pending', 'IN_PROGRESS', null],
    ['pending', 'WAITING', 'SUCCESS'],
    ['failed', 'COMPLETED', 'FAILURE'],
    ['failed', 'COMPLETED', 'TIMED_OUT'],
    ['failed', 'COMPLETED', 'STALE'],
    ['failed', 'COMPLETED', 'something new'],
    ['failed', 'COMPLETED', null],
  ])('are %s for a run that is %s with the conclusion %s', async (state, status, conclusion) => {
    expect(await checked({ kind: 'CheckRun', name: 'validate', status, conclusion })).toEqual([
      { name: 'validate', state },
    ]);
  });

  it.each<['passed' | 'pending' | 'failed', status: string]>([
    ['passed', 'SUCCESS'],
    ['pending', 'PENDING'],
    ['pending', 'EXPECTED'],
    ['failed', 'FAILURE'],
    ['failed', 'ERROR'],
    ['failed', 'something new'],
  ])('are %s for a status of %s', async (state, status) => {
    expect(await checked({ kind: 'StatusContext', context: 'validate', state: status })).toEqual([
      { name: 'validate', state },
    ]);
  });
});

describe('reviews', () => {
  const review = (login: string, more: Partial<ReviewNode> = {}): ReviewNode => ({
    author: { login, kind: 'User' },
    state: 'APPROVED',
    commit: { oid: sha('9') },
    authorCanPushToRepository: true,
    ...more,
  });
  const reviewed = (nodes: ReviewNode[], approval?: Approval, asked?: string[]) =>
    parse(node({ latestOpinionatedReviews: { nodes } }), approval, asked);

  it('are opinions: comments, drafts, and reviews of deleted accounts are left out', async () => {
    const { reviews } = await reviewed([
      review('rene'),
      review('ria', { state: 'CHANGES_REQUESTED', commit: null }),
      review('robot', { author: { login: 'robot', kind: 'Bot' }, state: 'DISMISSED' }),
      review('vera', { state: 'COMMENTED' }),
      review('viki', { state: 'PENDING' }),
      review('gone', { author: null }),
    ]);

    expect(reviews).toEqual([
      { author: 'rene', isBot: false, state: 'approved', headOid: sha('9'), hasRight: true },
      { author: 'ria', isBot: false, state: 'changes requested', headOid: undefined, hasRight: true },
      { author: 'robot', isBot: true, state: 'dismissed', headOid: sha('9'), hasRight: true },
    ]);
  });

  const four = [
    review('rene'),
    review('vera', { state: 'CHANGES_REQUESTED' }),
    review('ria', { commit: { oid: sha('8') } }),
    review('rob', { state: 'DISMISSED', authorCanPushToRepository: false }),
  ];
  const ofTheAnswer = [true, true, true, false];

  it.each<[string, Approval | undefined, string[], boolean[]]>([
    ['nobody where no approval is asked for', undefined, [], ofTheAnswer],
    ['nobody for write permission, which is part of the answer', write, [], ofTheAnswer],
    [
      'those with an opinion of this head, for a team',
      { ...write, team: 'managers' },
      ['rene', 'vera'],
      [true, false, true, false],
    ],
    [
      'those with an opinion of this head, for more than write',
      { ...write, permission: 'admin' },
      ['rene', 'vera'],
      [true, false, true, false],
    ],
  ])('ask for the rights of %s', async (_case, approval, expected, rights) => {
    const asked: string[] = [];
    const pull = node({ latestOpinionatedReviews: { nodes: four } });
    const { reviews } = await parsePullRequest(pull, target, approval, rightsOf(asked));

    expect(asked).toEqual(expected);
    expect(reviews.map(({ hasRight }) => hasRight)).toEqual(rights);
  });
});

describe('a pull request that was closed unmerged', () => {
  const closed = (more: Partial<PullRequestNode> = {}): PullRequestNode =>
    node({ state: 'CLOSED', timelineItems: { nodes: [{ actor: { login: 'dana' } }] }, ...more });

  it('declines the release that it carried', () => {
    expect(
      declinedReleases([closed(), closed({ number: 8, timelineItems: { nodes: [{ actor: null }] } })], target),
    ).toEqual([
      { digest: B.digest, number: 7, by: 'dana' },
      { digest: B.digest, number: 8, by: 'somebody' },
    ]);
  });

  it.each<[string, PullRequestNode]>([
    ['it is open', closed({ state: 'OPEN' })],
    ['it was merged', closed({ state: 'MERGED' })],
    ['the promoter closed it', closed({ body: withdrawnBody('text', 'prod runs it') })],
    ["its head is somebody else's", node({ state: 'CLOSED' }, [], { ...commit, message: 'fix: mine' })],
  ])('declines nothing where %s', (_case, one) => {
    expect(declinedReleases([one], target)).toEqual([]);
  });
});
