import { releaseTraceId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { SourceCommit } from '../decide/lineage.ts';
import type { EnvironmentSnapshot, PipelineSnapshot, PromotionRecord } from '../decide/promotion.ts';
import { findChange, type Known } from './find-change.ts';

const URL = 'https://github.com/acme/todo';
const sha = (letter: string): string => letter.repeat(40);
const digest = (letter: string): string => `sha256:${`${letter}0`.repeat(32)}`;
const release = (letter: string) => ({
  image: 'ghcr.io/acme/todo',
  tag: `main-1-${sha(letter).slice(0, 7)}`,
  digest: digest(letter),
  commit: sha(letter),
});
const HEADLINES: Record<string, string> = {
  a: 'feat: one (#11)',
  b: 'fix: two',
  c: 'Merge pull request #12 from acme/x',
};

const commit = (letter: string, ...before: string[]): SourceCommit => ({
  sha: sha(letter),
  committedAt: '2026-11-23T10:00:00Z',
  headline: HEADLINES[letter] ?? '',
  author: 'dana',
  releaseUrl: undefined,
  history: [letter, ...before].map((one) => ({
    sha: sha(one),
    committedAt: '2026-11-23T10:00:00Z',
    headline: HEADLINES[one] ?? '',
    author: 'dana',
  })),
  deployments: [],
});
const record = (environment: string, letter: string, pullRequest?: string): PromotionRecord => ({
  pipeline: 'todo',
  environment,
  release: release(letter),
  replaces: undefined,
  rollsBack: undefined,
  failedAt: undefined,
  sourceDate: undefined,
  pullRequest,
  approvedBy: [],
  commit: `config-${letter}`,
  committedAt: '2026-11-23T11:00:00Z',
});

const [pipeline] = parsePromotionFile(
  'p.yaml',
  'pipelines:\n  - name: todo\n    image: ghcr.io/acme/todo\n    source: acme/todo\n    tags: ^main-(?<number>\\d+)-(?<commit>[0-9a-f]{7})$\n    environments: [{ name: dev, manifest: dev.yaml }, { name: prod, after: [dev], manifest: prod.yaml }]\n',
).pipelines;
if (!pipeline) throw new Error('the pipeline does not parse');

function known(dev: string, prod: string): Known {
  if (!pipeline) throw new Error('the pipeline does not parse');
  const environments = [dev, prod].map((letter, index): EnvironmentSnapshot => ({
    declared: pipeline.environments[index] ?? (pipeline.environments[0] as EnvironmentSnapshot['declared']),
    manifest: '',
    file: { path: 'dev.yaml', isExecutable: false },
    image: { tag: release(letter).tag, digest: digest(letter) },
    record: record(index === 0 ? 'dev' : 'prod', letter),
    previous: undefined,
    branch: undefined,
    pullRequest: undefined,
    declined: [],
    rollout: { state: 'unknown', reason: '' },
  }));
  const commits = { [sha('a')]: commit('a'), [sha('c')]: commit('c', 'b', 'a') };
  const snapshot: PipelineSnapshot = {
    declared: pipeline,
    candidates: [],
    lineage: { url: URL, commits, comparisons: {} },
    environments,
  };
  return {
    pipeline: snapshot,
    history: {
      recentRecords: [
        record('dev', 'c'),
        record('dev', 'a'),
        record('prod', 'a', 'https://github.com/acme/config/pull/30'),
      ],
    },
  };
}

const where = (query: string): string[][] =>
  findChange(query, [known('c', 'a')]).map(({ what, whereabouts }) => [
    what,
    ...whereabouts.map(({ environment, tag }) => `${environment} ${tag === undefined ? 'no' : 'yes'}`),
  ]);

describe('where is my change?', () => {
  it('a commit is where a release runs that has it in its history', () => {
    expect(where('bbbb')).toEqual([['bbbbbbb fix: two', 'dev yes', 'prod no']]);
    expect(where(sha('a'))).toEqual([['aaaaaaa feat: one (#11)', 'dev yes', 'prod yes']]);
  });

  it.each(['#11', '11'])('a pull request is found by the number in a headline: %s', (query) => {
    expect(where(query)).toEqual([['aaaaaaa feat: one (#11)', 'dev yes', 'prod yes']]);
  });

  it("a merge commit names its pull request too, and a promotion's own pull request is its release", () => {
    expect(where('#12')).toEqual([['ccccccc Merge pull request #12 from acme/x', 'dev yes', 'prod no']]);
    expect(where('#30')).toEqual([['main-1-aaaaaaa', 'dev no', 'prod yes']]);
  });

  it('a tag and a digest are where exactly that release runs', () => {
    expect(where('main-1-aaaaaaa')).toEqual([['main-1-aaaaaaa', 'dev no', 'prod yes']]);
    expect(where(digest('c'))).toEqual([['main-1-ccccccc', 'dev yes', 'prod no']]);
    expect(where(digest('c').slice(0, 20))).toEqual([['main-1-ccccccc', 'dev yes', 'prod no']]);
  });

  it('leads to the release that brought it first', () => {
    expect(findChange('bbbb', [known('c', 'a')])[0]?.traceId).toBe(releaseTraceId(URL, sha('c')));
  });

  it.each(['', '  ', 'zzz', '#999', 'x'.repeat(200), '%00', '(((', 'sha256:'])('of %j nothing is found', (query) => {
    expect(where(query)).toEqual([]);
  });
});
