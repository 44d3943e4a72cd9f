import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONFIG_URL, declare, madeBySelf, sha, MERGE_SETTINGS } from '../../test/fixtures.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import {
  type ClosedPullNode,
  type HeadNode,
  type OpenPullNode,
  parseFileHistory,
  parseSnapshotAnswer,
  type RecordCommitNode,
} from './snapshot-answer.ts';
import { type EnvironmentRequest, fileHistoryQuery, snapshotQuery } from './snapshot-query.ts';

const HOSTILE = 'x") { viewer { login } } #';
const stage = { name: 'prod', manifest: 'prod.yaml', promote: 'pull-request' };
const requestsOf = (pipeline: Pipeline): EnvironmentRequest[] =>
  pipeline.environments.map((environment) => ({ pipeline, environment }));
const hostile = (): EnvironmentRequest[] =>
  requestsOf(
    declare({
      environments: [
        { name: 'dev', manifest: HOSTILE },
        { ...stage, manifest: `prod of ${HOSTILE}` },
      ],
    }),
  ).map(({ pipeline, environment }) => ({
    pipeline: { ...pipeline, name: `name of ${HOSTILE}` },
    environment: { ...environment, name: `${environment.name} of ${HOSTILE}` },
  }));
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('the question', () => {
  it.each([
    ['of a snapshot', snapshotQuery([HOSTILE, `teams/${HOSTILE}`], hostile())],
    ['of single files', fileHistoryQuery([HOSTILE, `teams/${HOSTILE}`])],
  ])('%s holds no name of the promotion files: each is a variable that is declared and used', (_case, asked) => {
    expect(asked.query).not.toContain('viewer');
    expect(Object.values(asked.variables).every((value) => String(value).includes(HOSTILE))).toBe(true);
    for (const name of Object.keys(asked.variables)) {
      const [, ...uses] = asked.query.split(new RegExp(`\\$${name}\\b`));
      expect(uses.length, name).toBeGreaterThanOrEqual(2);
    }
    expect(count(asked.query, '{')).toBe(count(asked.query, '}'));
  });

  it('is about branches and pull requests only where an environment is promoted by them', () => {
    const [direct, pulls] = hostile();
    if (!direct || !pulls) throw new Error('there are two environments');

    expect(Object.keys(snapshotQuery([], [direct]).variables)).toEqual(['manifest0']);
    expect(snapshotQuery([], [direct]).query).not.toContain('associatedPullRequests(states');
    expect(snapshotQuery([], [direct, pulls]).variables).toMatchObject({
      branch1: `promote/${pulls.pipeline.name}/${pulls.environment.name}`,
      ref1: `refs/heads/promote/${pulls.pipeline.name}/${pulls.environment.name}`,
    });
  });

  it('defines no fragment that nothing uses, which GitHub refuses', () => {
    expect(count(snapshotQuery(['promotion.yaml'], []).query, 'Manifest')).toBe(0);
    // The second page of more than 200 environments asks for no promotion file.
    expect(count(snapshotQuery([], hostile()).query, 'ConfigEntry')).toBe(0);
  });
});

const commit = (oid: string): RecordCommitNode => ({
  ...madeBySelf,
  oid,
  message: `commit ${oid}`,
  committedDate: '2026-11-23T10:00:00Z',
  associatedPullRequests: null,
});
const { associatedPullRequests: _none, ...plain } = commit('head');
const head: HeadNode = { ...plain, parents: { nodes: [{ oid: 'one' }] }, tree: { oid: 'tree' }, file: null };
const blob = (text: string) => ({ kind: 'Blob', oid: sha('1'), text, isTruncated: false });
const open: OpenPullNode = {
  id: 'PR_8',
  number: 8,
  url: `${CONFIG_URL}/pull/8`,
  title: '',
  body: '',
  createdAt: '2026-11-23T10:00:00Z',
  mergeable: 'UNKNOWN',
  mergeStateStatus: 'UNKNOWN',
  mergeQueueEntry: null,
  queueEvents: { nodes: [] },
  headRefOid: sha('9'),
  author: null,
  commits: { nodes: [{ commit: { committedDate: '', statusCheckRollup: null } }] },
  latestOpinionatedReviews: null,
};
const closed = (number: number, isCrossRepository = false): ClosedPullNode => ({
  number,
  body: '',
  isCrossRepository,
  commits: { nodes: [{ commit: plain }] },
  timelineItems: { nodes: [{}] },
});
const environments = requestsOf(
  declare({
    environments: [
      stage,
      { ...stage, name: 'dev', manifest: 'dev.yaml', promote: 'commit' },
      { ...stage, name: 'eu', manifest: 'eu.yaml' },
    ],
  }),
);
const target = {
  ...commit('one'),
  tree: { oid: 'tree' },
  history: { nodes: [commit('one'), commit('two')] },
  config0: { object: blob('first') },
  config1: null,
  manifest0: { mode: 0o100644, object: blob('prod') },
  manifest1: { mode: 0o100644, object: blob('dev') },
  manifest2: null,
};
const pageInfo = { hasNextPage: false, endCursor: null };
const repository = {
  id: 'R_1',
  databaseId: 7,
  nameWithOwner: 'acme/config',
  isArchived: false,
  ...MERGE_SETTINGS,
  defaultBranchRef: { name: 'trunk' },
  url: CONFIG_URL,
  ref: { target },
  branch0: { target: head, associatedPullRequests: { nodes: [open] } },
  closed0: { pageInfo: { hasNextPage: true, endCursor: 'next' }, nodes: [closed(7), closed(6, true)] },
  branch2: null,
  closed2: { pageInfo, nodes: [] },
};
const parse = (more: object, forbidden: string[][] = []) =>
  parseSnapshotAnswer({ repository: { ...repository, ...more } }, ['a', 'b'], environments, forbidden);

describe('the answer', () => {
  it('is what was asked for, in the same order, and nothing of forks', () => {
    const answer = parse({});
    if (answer.head === undefined) throw new Error('the branch is there');

    expect(answer).toMatchObject({ repository: { owner: 'acme', name: 'config' }, databaseId: 7, isArchived: false });
    expect(answer).toMatchObject({ repositoryId: 'R_1', url: CONFIG_URL, head: 'one', tree: 'tree' });
    expect(answer.history).toEqual([commit('one'), commit('two')]);
    expect(answer.configs).toEqual([
      { path: 'a', node: { object: blob('first') } },
      { path: 'b', node: null },
    ]);
    const none = { open: undefined, areChecksForbidden: false, closed: [], closedAfter: undefined };
    expect(answer.environments).toEqual([
      {
        manifest: target.manifest0,
        branch: head,
        open,
        areChecksForbidden: false,
        closed: [closed(7)],
        closedAfter: 'next',
      },
      { manifest: target.manifest1, branch: undefined, ...none },
      { manifest: null, branch: undefined, ...none },
    ]);
  });

  it('names the default branch where there is none of the name that was asked for', () => {
    expect(parse({ ref: null })).toEqual({ head: undefined, defaultBranch: 'trunk' });
  });

  it('says of which environments the checks were kept from us', () => {
    const answer = parse({}, [['repository', 'branch0', 'associatedPullRequests', 'statusCheckRollup']]);

    expect('environments' in answer && answer.environments.map((one) => one.areChecksForbidden)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['lacks a manifest', { ref: { target: { ...target, manifest1: undefined } } }],
    ['lacks pull requests', { closed0: undefined }],
    [
      'does not say who made a commit',
      { closed0: { nodes: [{ ...closed(7), commits: { nodes: [{ commit: { oid: '' } }] } }] } },
    ],
  ])('is refused where it %s', (_case, more) => {
    expect(() => parse(more)).toThrow(z.ZodError);
  });
});

describe('the history of single files', () => {
  it('is by path, and empty where the commit is gone', () => {
    const object = { history0: { nodes: [commit('two')] }, history1: { nodes: [] } };

    expect([...parseFileHistory({ repository: { object } }, ['a', 'b'])]).toEqual([
      ['a', [commit('two')]],
      ['b', []],
    ]);
    expect(parseFileHistory({ repository: { object: null } }, ['a']).get('a')).toEqual([]);
  });
});
