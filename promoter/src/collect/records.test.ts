import { describe, expect, it } from 'vitest';
import type { Identity } from '../github/identity.ts';
import { indexRecords, recordsOf } from './records.ts';
import type { RecordCommitNode } from './snapshot-answer.ts';

const SELF: Identity = { kind: 'app', login: 'promoter', host: 'github.com' };
const signature = { isValid: true, wasSignedByGitHub: true };
const author = { name: 'promoter[bot]', email: '4242+promoter[bot]@users.noreply.github.com', user: null };
const trailers = (tag: string): string =>
  `Promotion: todo/prod\nImage: ghcr.io/acme/todo:${tag}@sha256:${'a'.repeat(64)}`;
const message = (tag: string): string => `promote(todo): prod to ${tag}\n\nBecause.\n\n${trailers(tag)}`;

const commit = (more: Partial<RecordCommitNode> = {}): RecordCommitNode => ({
  oid: 'c1',
  message: message('main-1'),
  committedDate: '2026-11-23T10:00:00Z',
  author,
  signature,
  associatedPullRequests: { nodes: [] },
  ...more,
});
const mergedBy = (login: string, kind: string, head: Partial<RecordCommitNode> = {}): Partial<RecordCommitNode> => ({
  associatedPullRequests: {
    nodes: [
      {
        url: 'https://github.com/acme/config/pull/7',
        mergeCommit: { oid: 'c1' },
        mergedBy: { login, kind },
        commits: { nodes: [{ commit: commit(head) }] },
      },
    ],
  },
});
const tagsOf = (node: RecordCommitNode): string[] => recordsOf(node, SELF).map(({ release }) => release.tag);

describe('a record counts', () => {
  it('in a commit that we made', () => {
    expect(tagsOf(commit())).toEqual(['main-1']);
  });

  it('in a merge that we made, with what it says', () => {
    const approved = `${message('main-1')}\nApproved-by: rene`;

    expect(recordsOf(commit({ message: approved, ...mergedBy('promoter', 'Bot') }), SELF)).toMatchObject([
      { approvedBy: ['rene'] },
    ]);
  });

  it('in a merge by a person as our own commit says it, whatever the person wrote', () => {
    const forged = `${message('main-9')}\nApproved-by: rene`;

    expect(recordsOf(commit({ message: forged, ...mergedBy('mallory', 'User') }), SELF)).toMatchObject([
      {
        release: { tag: 'main-1' },
        approvedBy: [],
        commit: 'c1',
        pullRequest: 'https://github.com/acme/config/pull/7',
      },
    ]);
  });
});

describe('a record does not count', () => {
  it.each<[string, Partial<RecordCommitNode>]>([
    ['in a commit that a person pushed under our name', { signature: null }],
    ['in a commit of a person', { author: { name: 'dana', email: 'dana@example.org', user: { login: 'dana' } } }],
    ['in a merge of a pull request that is not ours', mergedBy('promoter', 'Bot', { signature: null })],
    ['in a merge by a person of what is not ours', mergedBy('mallory', 'User', { signature: null })],
    ['in the middle of a message', { message: `docs: x\n\n${trailers('main-1')}\n\nAnd so on.` }],
    ['beside words of another kind', { message: `docs: x\n\nThis is how it looks:\n${trailers('main-1')}` }],
  ])('%s', (_where, more) => {
    expect(tagsOf(commit(more))).toEqual([]);
  });
});

it('records are found by environment, newest first', () => {
  const index = indexRecords([commit({ message: message('main-2') }), commit()], SELF);

  expect(index.get('todo/prod')?.map(({ release }) => release.tag)).toEqual(['main-2', 'main-1']);
  expect(index.get('todo/dev')).toBeUndefined();
});
