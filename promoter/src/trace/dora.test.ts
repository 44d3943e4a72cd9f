import { describe, expect, it } from 'vitest';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { Lineage } from '../decide/lineage.ts';
import type { PromotionRecord } from '../decide/promotion.ts';
import { type Deployment, deploymentsOf, dora, median } from './dora.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 23);

function deployment(daysAgo: number, more: Partial<Deployment> = {}): Deployment {
  const committedMs = NOW - daysAgo * DAY;
  return { committedMs, changesMs: [committedMs - HOUR], failedMs: undefined, isRework: false, ...more };
}

describe('the five figures', () => {
  it('are of the last thirty days', () => {
    expect(dora([deployment(40), deployment(29), deployment(1)], NOW).deployments).toBe(2);
  });

  it('take the median lead time over commits, not over deployments', () => {
    const committedMs = NOW - DAY;
    const large = deployment(1, { changesMs: [1, 2, 3].map((hours) => committedMs - hours * HOUR) });

    expect(dora([large, deployment(2, { changesMs: [NOW - 2 * DAY - 10 * HOUR] })], NOW).leadTimeMedianMs).toBe(
      2.5 * HOUR,
    );
  });

  it('count failures and what they cost: from the failure to the next deployment', () => {
    const failed = deployment(3, { failedMs: NOW - 3 * DAY + HOUR });
    const back = deployment(3 - 2 / 24, { isRework: true, changesMs: [] });

    expect(dora([failed, back, deployment(1), deployment(2)], NOW)).toMatchObject({
      deployments: 4,
      failRatio: 0.25,
      recoveryMedianMs: HOUR,
      reworkRatio: 0.25,
    });
  });

  it('say nothing where nothing happened, rather than zero', () => {
    expect(dora([], NOW)).toEqual({
      deployments: 0,
      leadTimeMedianMs: undefined,
      failRatio: undefined,
      recoveryMedianMs: undefined,
      reworkRatio: undefined,
    });
  });

  it.each([
    [[], undefined],
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 2, 3], 2.5],
  ])('the median of %j is %s', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('deployments are read from Git', () => {
  const { pipelines } = parsePromotionFile(
    'p.yaml',
    'pipelines:\n  - name: todo\n    image: ghcr.io/acme/todo\n    tags: (?<number>\\d+)\n    environments: [{ name: dev, manifest: dev.yaml }]\n',
  );
  const [pipeline] = pipelines;
  if (!pipeline) throw new Error('the pipeline does not parse');
  const sha = (letter: string): string => letter.repeat(40);
  const record = (letter: string, hour: number, more: Partial<PromotionRecord> = {}): PromotionRecord => ({
    pipeline: 'todo',
    environment: 'dev',
    release: { image: 'ghcr.io/acme/todo', tag: letter, digest: `sha256:${letter}`, commit: sha(letter) },
    replaces: undefined,
    rollsBack: undefined,
    failedAt: undefined,
    sourceDate: new Date(NOW + (hour - 1) * HOUR).toISOString(),
    pullRequest: undefined,
    approvedBy: [],
    commit: `config-${letter}-${hour}`,
    committedAt: new Date(NOW + hour * HOUR).toISOString(),
    ...more,
  });
  const commitOf = (letter: string, history: string[], failed?: string): Lineage['commits'][string] => ({
    sha: sha(letter),
    committedAt: '',
    headline: '',
    author: undefined,
    releaseUrl: undefined,
    history: history.map((each, index) => ({
      sha: sha(each),
      committedAt: new Date(NOW - index * HOUR).toISOString(),
      headline: '',
      author: undefined,
    })),
    deployments: failed ? [{ environment: 'todo/dev', configCommit: failed, isFailed: true }] : [],
  });
  const of = (records: PromotionRecord[], commits: Lineage['commits'] = {}) =>
    deploymentsOf(
      { declared: pipeline, lineage: { url: 'https://github.com/acme/todo', commits, comparisons: {} } },
      'dev',
      records,
    );

  it('with every commit since the release before', () => {
    const commits = { [sha('c')]: commitOf('c', ['c', 'b', 'a']) };

    expect(of([record('c', 2), record('a', 1)], commits)[1]?.changesMs).toEqual([NOW, NOW - HOUR]);
  });

  it('with the own commit alone, as the trailer says, where the source was not read', () => {
    expect(of([record('c', 2), record('a', 1)])[1]?.changesMs).toEqual([NOW + HOUR]);
  });

  it('failed when a later commit rolled it back, since it was found degraded', () => {
    const back = record('a', 3, {
      rollsBack: record('b', 2).release,
      failedAt: new Date(NOW + 2.5 * HOUR).toISOString(),
    });

    expect(of([back, record('b', 2), record('a', 1)]).map(({ failedMs, isRework }) => [failedMs, isRework])).toEqual([
      [undefined, false],
      [NOW + 2.5 * HOUR, false],
      [undefined, true],
    ]);
  });

  it('failed when its rollout was reported so', () => {
    expect(of([record('b', 2)], { [sha('b')]: commitOf('b', ['b'], 'config-b-2') })[0]?.failedMs).toBe(NOW + 2 * HOUR);
  });
});
