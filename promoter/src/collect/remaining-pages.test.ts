import { describe, expect, it } from 'vitest';
import { declare, madeBySelf, MERGING, sha } from '../../test/fixtures.ts';
import { readRemainingPages } from './remaining-pages.ts';
import type { ClosedPullNode, OpenPullNode, SnapshotAnswer } from './snapshot-answer.ts';
import type { EnvironmentRequest, SnapshotQuery } from './snapshot-query.ts';

const pipeline = declare();
const requests: EnvironmentRequest[] = pipeline.environments.map((environment) => ({ pipeline, environment }));
const commit = { oid: sha('a'), message: '', committedDate: '', ...madeBySelf };
const closed = (number: number, isCrossRepository = false): ClosedPullNode => ({
  number,
  body: '',
  isCrossRepository,
  commits: { nodes: [{ commit }] },
  timelineItems: { nodes: [{}] },
});
const review = (login: string) => ({
  author: { login, kind: 'User' },
  state: 'APPROVED' as const,
  commit: null,
  authorCanPushToRepository: true,
});
const pageOf = <Node>(nodes: Node[], endCursor: string | null = null) => ({
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
  nodes,
});
const open: OpenPullNode = {
  id: 'PR_7',
  number: 7,
  url: '',
  title: '',
  body: '',
  createdAt: '',
  mergeable: 'MERGEABLE',
  mergeStateStatus: 'CLEAN',
  mergeQueueEntry: null,
  queueEvents: { nodes: [] },
  headRefOid: sha('a'),
  author: null,
  commits: { nodes: [] },
  latestOpinionatedReviews: pageOf([review('ada')], 'r1'),
};
const none = {
  manifest: null,
  branch: undefined,
  open: undefined,
  areChecksForbidden: false,
  closed: [],
  closedAfter: undefined,
};
const answerOf = (...environments: Partial<SnapshotAnswer['environments'][number]>[]): SnapshotAnswer => ({
  repository: { owner: 'acme', name: 'config' },
  databaseId: 7,
  isArchived: false,
  repositoryId: 'R_1',
  url: '',
  merging: MERGING,
  head: sha('f'),
  tree: '',
  history: [],
  configs: [],
  environments: environments.map((environment) => ({ ...none, ...environment })),
});

async function read(answer: SnapshotAnswer, ...answers: object[]) {
  const asked: SnapshotQuery[] = [];
  const bounds: string[] = [];
  const ask = (query: SnapshotQuery): Promise<unknown> => {
    asked.push(query);
    return Promise.resolve({ repository: answers[Math.min(asked.length, answers.length) - 1] });
  };
  await readRemainingPages(answer, requests, ask, (bound) => void bounds.push(bound));
  return { asked, bounds, answer };
}

describe('the pages behind the first', () => {
  it('are not asked for where there are none', async () => {
    expect((await read(answerOf({ closed: [closed(1)] }))).asked).toEqual([]);
  });

  it('of all environments are asked for together, until the last', async () => {
    const { asked, answer } = await read(
      answerOf({ closed: [closed(9)], closedAfter: 'c1' }, { open }),
      {
        closed0: pageOf([closed(8), closed(7, true)], 'c2'),
        reviews1: { latestOpinionatedReviews: pageOf([review('ben')]) },
      },
      { closed0: pageOf([closed(6)]) },
    );

    expect(asked.map(({ variables }) => variables)).toEqual([
      {
        closedAfter0: 'c1',
        branch0: 'promote/todo/dev',
        reviewsAfter1: 'r1',
        number1: 7,
        manifest1: 'prod.yaml',
      },
      { closedAfter0: 'c2', branch0: 'promote/todo/dev' },
    ]);
    expect(answer.environments[0]?.closed.map(({ number }) => number)).toEqual([9, 8, 6]);
    expect(answer.environments[1]?.open?.latestOpinionatedReviews?.nodes.map(({ author }) => author?.login)).toEqual([
      'ada',
      'ben',
    ]);
  });

  it('end after twenty, and that is said', async () => {
    const { asked, bounds } = await read(answerOf({ closedAfter: 'c' }), { closed0: pageOf([closed(1, true)], 'c') });

    expect(asked).toHaveLength(19);
    expect(bounds).toEqual(['pull_request_pages']);
  });

  it('of a pull request that is gone are empty', async () => {
    const { answer } = await read(answerOf({ open }), { reviews0: null });

    expect(answer.environments[0]?.open?.latestOpinionatedReviews?.nodes).toHaveLength(1);
  });
});
