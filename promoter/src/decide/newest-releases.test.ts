import { describe, expect, it } from 'vitest';
import type { Lineage } from './lineage.ts';
import { newestReleases } from './newest-releases.ts';
import { parsePromotionFile } from './promotion-config.ts';
import type { Release } from './release.ts';

const pipelinesOf = (tags: string, source = '') =>
  parsePromotionFile(
    'p.yaml',
    `pipelines: [{ name: todo, image: ghcr.io/acme/todo, ${source} tags: '${tags}', environments: [{ name: dev, manifest: dev.yaml }] }]`,
  ).pipelines;
const numbered = pipelinesOf(String.raw`^main-(?<number>\d+)$`);
const release = (tag: string, number: number, commit?: string): Release => ({
  image: 'ghcr.io/acme/todo',
  tag,
  digest: `sha256:${number.toString(16).padStart(64, '0')}`,
  commit,
});
const many = Array.from({ length: 25 }, (_, index) => release(`main-${index}`, index));

describe('the newest releases', () => {
  it('are the same in whatever order they came', () => {
    const tags = (releases: readonly Release[]) => newestReleases(releases, numbered, 3).map(({ tag }) => tag);

    expect(tags(many)).toEqual(['main-22', 'main-23', 'main-24']);
    expect(tags([...many].reverse())).toEqual(['main-24', 'main-23', 'main-22']);
  });

  it('leave out what no pipeline may promote', () => {
    const pullRequests = Array.from({ length: 20 }, (_, index) => release(`pr-${index}`, 100 + index));

    expect(newestReleases([release('main-1', 1), ...pullRequests], numbered, 3)).toEqual([release('main-1', 1)]);
  });

  it('hold everything that nothing orders', () => {
    const unordered = pipelinesOf('^main$|^[a-z]+$', 'source: acme/todo,');
    const releases = [...'abcdefgh'].map((tag, index) => release(tag, index));

    expect(newestReleases(releases, unordered, 3)).toEqual(releases);
  });

  it('are ordered by commits where these are known', () => {
    const [old, young] = ['a'.repeat(40), 'b'.repeat(40)];
    const commit = (sha: string, ...before: string[]) => ({
      sha,
      committedAt: '',
      headline: '',
      author: undefined,
      releaseUrl: undefined,
      deployments: undefined,
      history: [sha, ...before].map((one) => ({ sha: one, committedAt: '', headline: '', author: undefined })),
    });
    const lineage: Lineage = {
      url: 'https://github.com/acme/todo',
      commits: { [old]: commit(old), [young]: commit(young, old) },
      comparisons: {},
    };
    const rebuilt = [release('main-9', 9, old), release('main-8', 8, young)];

    expect(newestReleases(rebuilt, numbered, 1, () => lineage).map(({ tag }) => tag)).toEqual(['main-8']);
  });
});
