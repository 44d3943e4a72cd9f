import { describe, expect, it } from 'vitest';
import { madeBy, madeBySelf, release, SELF, sha } from '../../test/fixtures.ts';
import { formatTrailers } from '../decide/commit-trailers.ts';
import type { Approval } from '../decide/pipeline.ts';
import { parseTrailers } from '../decide/commit-trailers.ts';
import { declinedReleases, type HeadStates, parsePullRequest, type ReviewerRights } from './parse-pull-request.ts';
import type { ClosedPullNode, HeadNode, OpenPullNode } from './snapshot-answer.ts';
import type { HeadState } from './verify-heads.ts';

const B = release('b');
const target = { pipeline: 'todo', environment: 'prod' };
const commit: HeadNode = {
  ...madeBySelf,
  oid: sha('9'),
  parents: { nodes: [] },
  tree: { oid: '' },
  file: { mode: 0o100644, object: { oid: 'the manifest' } },
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
  OpenPullNode['commits']['nodes'][number]['commit']['statusCheckRollup']
>['contexts']['nodes'][number];
type ReviewNode = NonNullable<OpenPullNode['latestOpinionatedReviews']>['nodes'][number];

const rollupOf = (nodes: CheckNode[], state = 'SUCCESS', totalCount = nodes.length) => ({
  state,
  contexts: { totalCount, nodes },
});
const pageInfo = { hasNextPage: false, endCursor: null };

function node(more: Partial<OpenPullNode> = {}, checks?: CheckNode[]): OpenPullNode {
  return {
    id: 'PR_7',
    number: 7,
    url: 'https://github.com/acme/config/pull/7',
    title: 'promote(todo): prod',
    body: 'text',
    createdAt: '2026-11-23T10:00:01Z',
    mergeable: 'MERGEABLE',
    mergeStateStatus: 'CLEAN',
    mergeQueueEntry: null,
    queueEvents: { nodes: [] },
    headRefOid: sha('9'),
    author: { login: 'promoter', kind: 'Bot' },
    commits: {
      nodes: [
        {
          commit: {
            committedDate: '2026-11-23T10:00:00Z',
            statusCheckRollup: checks ? rollupOf(checks) : null,
          },
        },
      ],
    },
    latestOpinionatedReviews: null,
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
const [record] = parseTrailers(commit.message, commit.oid, commit.committedDate);
if (!record) throw new Error('the message has no record');
const ours: HeadState = { kind: 'ours', record };
const headsOf = (states: Record<string, HeadState>, manifestOid = 'the manifest'): HeadStates =>
  new Map(Object.entries(states).map(([oid, state]) => [oid, { state, manifestOid }]));
const parse = (
  one: OpenPullNode,
  approval: Approval | undefined = write,
  asked: string[] = [],
  heads = headsOf({ [sha('9')]: ours }),
) =>
  parsePullRequest(one, {
    self: SELF,
    approval,
    rights: rightsOf(asked),
    heads,
    areChecksForbidden: false,
    standsOnBase: false,
  });

describe('a pull request', () => {
  it('has what GitHub says, and the record of a head that is ours', async () => {
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

  it.each<[string, Partial<OpenPullNode>, object]>([
    ['conflicts where GitHub says so', { mergeable: 'CONFLICTING' }, { isConflicting: true }],
    ['does not conflict while GitHub does not know', { mergeable: 'UNKNOWN' }, { isConflicting: false }],
    ['has an author whose account is gone', { author: null }, { author: 'ghost' }],
    ['has no checks without a commit', { commits: { nodes: [] } }, { checks: [] }],
  ])('%s', async (_case, more, expected) => {
    expect(await parse(node(more))).toMatchObject(expected);
  });

  it.each<[string, HeadStates, object]>([
    ['altered', headsOf({ [sha('9')]: { kind: 'altered', reason: 'made by mallory' } }), { kind: 'altered' }],
    ['not verified yet', new Map(), { kind: 'extended', reason: 'its head was not verified yet' }],
  ])('promotes nothing where its head is %s', async (_what, heads, foreign) => {
    expect(await parse(node(), write, [], heads)).toMatchObject({ record: undefined, foreign });
  });
});

describe('a pull request that is to be merged', () => {
  it.each([
    ['BEHIND', { isBehind: true }],
    ['BLOCKED', { isBehind: false }],
    ['something new', { isBehind: false }],
  ])('knows whether it is up to date: %s', async (mergeStateStatus, expected) => {
    expect(await parse(node({ mergeStateStatus }))).toMatchObject(expected);
  });

  const removed = (
    login: string,
    kind: string,
    createdAt = '2026-11-23T10:05:00Z',
    reason: string | null = 'failed checks',
  ) =>
    node({
      queueEvents: { nodes: [{ kind: 'RemovedFromMergeQueueEvent', createdAt, reason, actor: { login, kind } }] },
    });
  it.each<[string, OpenPullNode, object | undefined]>([
    ['never was in the merge queue', node(), undefined],
    ['is in it', node({ mergeQueueEntry: { position: 3 } }), { kind: 'queued', position: 3 }],
    [
      'was put into it and is not there yet',
      node({ queueEvents: { nodes: [{ kind: 'AddedToMergeQueueEvent' }] } }),
      undefined,
    ],
    ['was taken out of it', removed('github-merge-queue', 'Bot'), { kind: 'removed', reason: 'failed checks' }],
    [
      'was taken out without a word',
      removed('dana', 'User', undefined, null),
      { kind: 'removed', reason: 'GitHub gives no reason' },
    ],
    ['was taken out by what the promoter wrote', removed('promoter', 'Bot'), undefined],
    ['was taken out with an older head', removed('dana', 'User', '2026-11-23T09:59:59Z'), undefined],
  ])('%s', async (_case, one, queue) => {
    expect((await parse(one)).queue).toEqual(queue);
  });
});

describe('checks', () => {
  const checked = async (...checks: CheckNode[]) => (await parse(node({}, checks))).checks;
  const run = (more: Partial<Extract<CheckNode, { kind: 'CheckRun' }>>): CheckNode => ({
    kind: 'CheckRun',
    databaseId: 1,
    name: 'validate',
    status: 'COMPLETED',
    conclusion: 'SUCCESS',
    checkSuite: { app: { slug: 'github-actions' }, workflowRun: null },
    ...more,
  });

  it('of one name in two workflows are two: one that failed is not hidden by the other', async () => {
    const of = (databaseId: number) => ({ app: { slug: 'github-actions' }, workflowRun: { workflow: { databaseId } } });
    const failed = run({ databaseId: 1, conclusion: 'FAILURE', checkSuite: of(1) });

    expect(await checked(failed, run({ databaseId: 2, checkSuite: of(2) }))).toEqual([
      { name: 'validate', state: 'failed' },
      { name: 'validate', state: 'passed' },
    ]);
  });

  it('that GitHub counts as failed are not passed, whatever is listed', async () => {
    const { checks } = await withRollup(rollupOf([passed], 'FAILURE'));

    expect(checks).toEqual([
      { name: 'ci', state: 'passed' },
      { name: 'GitHub counts one as failed', state: 'failed' },
    ]);
  });

  it('of one name and App are the last of them, in whatever order they come: a run is cancelled for a later one', async () => {
    const cancelled = run({ databaseId: 1, conclusion: 'CANCELLED' });
    const later = run({ databaseId: 2 });

    expect(await checked(cancelled, later)).toEqual([{ name: 'validate', state: 'passed' }]);
    expect(await checked(later, cancelled)).toEqual([{ name: 'validate', state: 'passed' }]);
    expect(await checked(later, run({ databaseId: 3, checkSuite: null, conclusion: 'FAILURE' }))).toEqual([
      { name: 'validate', state: 'passed' },
      { name: 'validate', state: 'failed' },
    ]);
  });
  const passed = run({ name: 'ci' });
  const withRollup = (statusCheckRollup: ReturnType<typeof rollupOf>) =>
    parse(node({ commits: { nodes: [{ commit: { committedDate: '2026-11-23T10:00:00Z', statusCheckRollup } }] } }));

  it.each([
    ['SUCCESS', 'passed'],
    ['PENDING', 'pending'],
    ['FAILURE', 'failed'],
  ])('beyond the hundred that GitHub lists stand as all of them together: %s', async (state, expected) => {
    const { checks } = await withRollup(rollupOf([passed], state, 131));

    expect(checks).toEqual([
      { name: 'ci', state: 'passed' },
      { name: '130 more checks', state: expected },
    ]);
  });

  it('beyond the hundred are not failed because one of the hundred is', async () => {
    const failed = run({ name: 'ci', conclusion: 'FAILURE' });

    expect((await withRollup(rollupOf([failed], 'FAILURE', 101))).checks).toEqual([{ name: 'ci', state: 'failed' }]);
  });

  it.each<[string, boolean, OpenPullNode]>([
    ['all', true, node()],
    ['one', false, node({}, [null])],
  ])(
    'are unreadable where GitHub keeps %s of them from us, and name the permission',
    async (_what, areChecksForbidden, pull) => {
      const heads = headsOf({ [sha('9')]: ours });
      const { checks } = await parsePullRequest(pull, {
        self: SELF,
        approval: write,
        rights: rightsOf([]),
        heads,
        areChecksForbidden,
        standsOnBase: false,
      });

      expect(checks.map(({ state }) => state)).toEqual(['unreadable']);
      expect(checks[0]?.name).toContain('Checks: read and Commit statuses: read');
    },
  );

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
    expect(await checked(run({ status, conclusion }))).toEqual([{ name: 'validate', state }]);
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
    commit,
    authorCanPushToRepository: true,
    ...more,
  });
  const reviewed = (nodes: ReviewNode[], approval?: Approval, asked?: string[]) =>
    parse(node({ latestOpinionatedReviews: { pageInfo, nodes } }), approval, asked);

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
      { author: 'rene', isBot: false, state: 'approved', headOid: sha('9'), hasRight: true, isRightUnknown: false },
      {
        author: 'ria',
        isBot: false,
        state: 'changes requested',
        headOid: undefined,
        hasRight: true,
        isRightUnknown: false,
      },
      { author: 'robot', isBot: true, state: 'dismissed', headOid: sha('9'), hasRight: true, isRightUnknown: false },
    ]);
  });

  const four = [
    review('rene'),
    review('vera', { state: 'CHANGES_REQUESTED' }),
    review('ria', { commit: { ...commit, oid: sha('8') } }),
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
    const pull = node({ latestOpinionatedReviews: { pageInfo, nodes: four } });
    const heads = headsOf({ [sha('9')]: ours });
    const { reviews } = await parsePullRequest(pull, {
      self: SELF,
      approval,
      rights: rightsOf(asked),
      heads,
      areChecksForbidden: false,
      standsOnBase: false,
    });

    expect(asked).toEqual(expected);
    expect(reviews.map(({ hasRight }) => hasRight)).toEqual(rights);
  });
});

describe('a review of an earlier head', () => {
  const earlier = { ...commit, oid: sha('8') };
  const other: HeadState = { kind: 'ours', record: { ...record, release: release('c') } };
  const reviewOf = async (heads: HeadStates) => {
    const nodes: ReviewNode[] = [
      { author: { login: 'rene', kind: 'User' }, state: 'APPROVED', commit: earlier, authorCanPushToRepository: true },
    ];
    const { reviews } = await parse(node({ latestOpinionatedReviews: { pageInfo, nodes } }), write, [], heads);
    return reviews[0]?.headOid;
  };

  it('counts for the present one where both are ours and promote the same bytes', async () => {
    expect(await reviewOf(headsOf({ [sha('8')]: ours, [sha('9')]: ours }))).toBe(sha('9'));
  });

  it.each<[string, HeadStates]>([
    ['was not ours', headsOf({ [sha('8')]: { kind: 'altered', reason: '' }, [sha('9')]: ours })],
    ['is not known', headsOf({ [sha('9')]: ours })],
    ['promoted another release', headsOf({ [sha('8')]: other, [sha('9')]: ours })],
    ['left other bytes', new Map([...headsOf({ [sha('8')]: ours }, 'other bytes'), ...headsOf({ [sha('9')]: ours })])],
  ])('does not where it %s', async (_why, heads) => {
    expect(await reviewOf(heads)).toBe(sha('8'));
  });
});

it('no review counts while the head is not ours', async () => {
  const nodes: ReviewNode[] = [
    { author: { login: 'rene', kind: 'User' }, state: 'APPROVED', commit, authorCanPushToRepository: true },
  ];
  const heads = headsOf({ [sha('9')]: { kind: 'altered', reason: 'made by mallory' } });

  expect(
    (await parse(node({ latestOpinionatedReviews: { pageInfo, nodes } }), write, [], heads)).reviews,
  ).toMatchObject([{ author: 'rene', headOid: undefined }]);
});

describe('a pull request that a bot closed', () => {
  const byBot = (number: number): ClosedPullNode => ({
    number,
    body: 'text',
    isCrossRepository: false,
    commits: { nodes: [{ commit }] },
    timelineItems: { nodes: [{ actor: { login: 'github-actions', kind: 'Bot' } }] },
  });

  it('is proposed again, but not without an end', () => {
    expect(declinedReleases([byBot(8), byBot(7)], target, SELF)).toEqual([]);
    expect(declinedReleases([byBot(9), byBot(8), byBot(7)], target, SELF)).toHaveLength(3);
  });
});

describe('a pull request that was closed unmerged', () => {
  const closed = (more: Partial<ClosedPullNode> = {}): ClosedPullNode => ({
    number: 7,
    body: 'text',
    isCrossRepository: false,
    commits: { nodes: [{ commit }] },
    timelineItems: { nodes: [{ actor: { login: 'dana', kind: 'User' } }] },
    ...more,
  });

  it('declines the release that it carried', () => {
    const byNobody = closed({ number: 8, timelineItems: { nodes: [{ actor: null }] } });

    expect(declinedReleases([closed(), byNobody], target, SELF)).toEqual([
      { digest: B.digest, number: 7, by: 'dana' },
      { digest: B.digest, number: 8, by: 'somebody' },
    ]);
  });

  it('declines it whatever somebody wrote into its text', () => {
    const body = 'text\n\nWithdrawn by the promoter: prod runs it.\n';

    expect(declinedReleases([closed({ body })], target, SELF)).toHaveLength(1);
  });

  it.each<[string, ClosedPullNode]>([
    [
      'a bot closed it, as it closes whatever is old',
      closed({ timelineItems: { nodes: [{ actor: { login: 'github-actions', kind: 'Bot' } }] } }),
    ],
    ['the promoter closed it', closed({ timelineItems: { nodes: [{ actor: { login: 'promoter', kind: 'Bot' } }] } })],
    ['it has no commit', closed({ commits: { nodes: [] } })],
    [
      'its first commit promotes nothing',
      closed({ commits: { nodes: [{ commit: { ...commit, message: 'fix: mine' } }] } }),
    ],
    [
      "its first commit is somebody else's",
      closed({ commits: { nodes: [{ commit: { ...commit, ...madeBy('mallory') } }] } }),
    ],
  ])('declines nothing where %s', (_case, one) => {
    expect(declinedReleases([one], target, SELF)).toEqual([]);
  });

  it.each([
    { ...target, environment: 'dev' },
    { ...target, pipeline: 'other' },
  ])('declines nothing in %j', (other) => {
    expect(declinedReleases([closed()], other, SELF)).toEqual([]);
  });
});
