import { describe, expect, it } from 'vitest';
import { commitOf, commitsSince, type Lineage, shippedCommits, type SourceCommit, sourceOf } from './lineage.ts';
import type { Release } from './release.ts';

const sha = (digit: string): string => digit.repeat(40);
const plain = (digit: string) => ({
  sha: sha(digit),
  committedAt: '2026-11-23T10:00:00Z',
  headline: `commit ${digit}`,
  author: undefined,
});
const commit = (digit: string, ...before: string[]): SourceCommit => ({
  ...plain(digit),
  releaseUrl: undefined,
  history: [digit, ...before].map(plain),
  deployments: undefined,
});
const lineage: Lineage = {
  url: 'https://github.com/acme/todo',
  commits: { [sha('c')]: commit('c', 'b', 'a'), ccccccc: commit('c', 'b', 'a') },
  comparisons: {},
};
const release = (name: string | undefined): Release => ({ image: '', tag: '', digest: '', commit: name });
const shas = (commits: readonly { sha: string }[]): string[] => commits.map((one) => one.sha.slice(0, 1));

describe('the commit of a release', () => {
  it('is found by the name that the release has for it', () => {
    expect(commitOf(lineage, 'ccccccc')?.sha).toBe(sha('c'));
    expect(commitOf(lineage, sha('c'))?.sha).toBe(sha('c'));
  });

  it.each([undefined, '', sha('d'), 'constructor', '__proto__'])('is not found by %j', (name) => {
    expect(commitOf(lineage, name)).toBeUndefined();
    expect(commitOf(undefined, name)).toBeUndefined();
  });
});

describe('the commits since others', () => {
  it.each([
    ['those above the nearest', ['a', 'b'].map(sha), 'c'],
    ['those above one that is named by its first digits', ['aaaaaaa'], 'cb'],
    ['none where it is one of them', [sha('c')], ''],
    ['itself where its history does not reach them', [sha('d')], 'c'],
    ['itself where nothing ran before', [], 'c'],
  ])('are %s', (_which, before, expected) => {
    expect(shas(commitsSince(commit('c', 'b', 'a'), before)).join('')).toBe(expected);
  });

  it('are nothing for a release whose commit was not read', () => {
    expect(shippedCommits(lineage, release(sha('d')), release(sha('a')))).toEqual([]);
    expect(shas(shippedCommits(lineage, release(sha('c')), release(sha('a'))))).toEqual(['c', 'b']);
    expect(shas(shippedCommits(lineage, release(sha('c')), release(undefined)))).toEqual(['c']);
  });
});

describe('the source of a release', () => {
  it('is its repository and its whole commit, with the time where that was read', () => {
    const { url } = lineage;

    expect(sourceOf(lineage, release('ccccccc'))).toEqual({
      url,
      commit: sha('c'),
      committedAt: plain('c').committedAt,
    });
    expect(sourceOf(lineage, release(sha('d')))).toEqual({ url, commit: sha('d'), committedAt: undefined });
  });

  it.each([
    ['its repository was not read', undefined, sha('c')],
    ['only the first digits of its commit are known', lineage, 'ddddddd'],
    ['its commit is not known', lineage, undefined],
  ])('is not known where %s', (_why, known, name) => {
    expect(sourceOf(known, release(name))).toBeUndefined();
  });
});
