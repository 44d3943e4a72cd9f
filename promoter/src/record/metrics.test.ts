import { createRegistry } from '@delivery/telemetry/metrics';
import { describe, expect, it } from 'vitest';
import type { Gate } from '../decide/promotion.ts';
import { countGitHubRequest, countHolds, createMetrics } from './metrics.ts';

/** What a metric says, by the values of its labels. */
async function valuesOf(metric: { get(): Promise<{ values: { labels: object; value: number }[] }> }) {
  const { values } = await metric.get();
  return values.map(({ labels, value }): unknown[] => [...(Object.values(labels) as unknown[]), value]);
}

describe('what waits', () => {
  const gate = (name: Gate['name'], isMet = false): Gate => ({ name, isMet, text: '', until: undefined });
  const waiting = [
    { environments: [{ gates: [gate('health', true), gate('soak')] }, { gates: [gate('soak'), gate('approval')] }] },
    { environments: [{ gates: [gate('soak')] }, { gates: [] }] },
  ];

  it('is counted by its open gates, over all pipelines, and from scratch each time', async () => {
    const metrics = createMetrics(createRegistry('promoter'));
    countHolds(metrics, waiting);
    expect(await valuesOf(metrics.holds)).toEqual([
      ['soak', 3],
      ['approval', 1],
    ]);

    countHolds(metrics, [{ environments: [{ gates: [gate('soak', true), gate('freeze')] }] }]);
    expect(await valuesOf(metrics.holds)).toEqual([['freeze', 1]]);
  });
});

describe('a counter that an alert or a panel takes the increase of', () => {
  it.each([
    'promoter_webhook_deliveries_total{event="unknown",outcome="rejected",service="promoter"}',
    'promoter_reconciles_total{outcome="transient failure",service="promoter"}',
    'promoter_reconciles_total{outcome="failure",service="promoter"}',
    'promoter_release_spans_total{outcome="dropped",service="promoter"}',
    'promoter_enacted_total{kind="merged",service="promoter"}',
    'promoter_bounds_reached_total{bound="waiting_releases",service="promoter"}',
    'promoter_recovered_releases_total{service="promoter"}',
  ])('begins at zero: %s', async (series) => {
    const registry = createRegistry('promoter');
    createMetrics(registry);

    expect(await registry.metrics()).toContain(`${series} 0\n`);
  });
});

describe('a request to GitHub', () => {
  it('is counted by what it was and how it was answered', async () => {
    const metrics = createMetrics(createRegistry('promoter'));
    const count = countGitHubRequest(metrics, () => 499);
    for (const status of [200, 502, 200]) count('graphql Snapshot', status, {});

    expect(await valuesOf(metrics.githubRequests)).toEqual([
      ['graphql Snapshot', 200, 2],
      ['graphql Snapshot', 502, 1],
    ]);
    expect(await valuesOf(metrics.githubBudget)).toEqual([[499]]);
  });

  it.each([
    [
      'the limit that the answer names',
      { 'x-ratelimit-resource': 'core', 'x-ratelimit-remaining': '42' },
      [['core', 42]],
    ],
    ['no limit where the answer names none', { 'x-ratelimit-remaining': '42' }, []],
  ])('says what is left of %s', async (_case, headers, expected) => {
    const metrics = createMetrics(createRegistry('promoter'));
    countGitHubRequest(metrics, () => 499)('GET /user', 200, headers);

    expect(await valuesOf(metrics.githubRemaining)).toEqual(expected);
  });
});
