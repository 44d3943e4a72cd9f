// What a reconcile did, in hops, judged by Tempo's own rules.
import { drawServiceGraph, type Span } from '@delivery/service-graph';
import type { SpanRecord } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../decide/pipeline.ts';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type {
  Decision,
  EnvironmentSnapshot,
  Merge,
  PipelineSnapshot,
  Promote,
  PullRequest,
} from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import { describeEnacted } from './describe-enacted.ts';
import type { Enacted } from './facts.ts';
import { promoteSpanId, tracedPromotion } from './traced-promotion.ts';

const NOW = Date.UTC(2026, 10, 23, 10);
const exact = { publishedMs: () => NOW - 2_000, committedMs: () => undefined, proposedMs: () => undefined };
const sha = (index: number): string => index.toString(16).repeat(40);

function toSpan({ error, links, attributes, ...span }: SpanRecord): Span {
  return {
    ...span,
    isError: error !== undefined,
    attributes: attributes as Span['attributes'],
    resource: {},
    links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  };
}

function pipelineOf(index: number): Pipeline {
  const [pipeline] = parsePromotionFile(
    'p.yaml',
    `pipelines:\n  - name: app${index}\n    image: ghcr.io/acme/app${index}\n    source: acme/app${index}\n    tags: (?<number>\\d+)\n    environments: [{ name: dev, manifest: dev.yaml }]\n`,
  ).pipelines;
  if (!pipeline) throw new Error('the pipeline does not parse');
  return pipeline;
}

function releaseOf(index: number): Release {
  return {
    image: `ghcr.io/acme/app${index}`,
    tag: `main-${index}`,
    digest: `sha256:${index.toString(16).repeat(64)}`,
    commit: sha(index),
  };
}

function snapshotOf(index: number): PipelineSnapshot {
  const pipeline = pipelineOf(index);
  const url = `https://github.com/acme/app${index}`;
  const environments = pipeline.environments.map((environment): EnvironmentSnapshot => ({
    declared: environment,
    manifest: '',
    file: { path: 'dev.yaml', isExecutable: false },
    image: { tag: '', digest: '' },
    record: undefined,
    previous: undefined,
    branch: undefined,
    pullRequest: undefined,
    declined: [],
    rollout: { state: 'unknown', reason: '' },
  }));
  const commit = {
    sha: sha(index),
    committedAt: '',
    headline: '',
    author: undefined,
    releaseUrl: undefined,
    history: [],
    deployments: [],
  };
  return {
    declared: pipeline,
    candidates: [],
    lineage: { url, commits: { [sha(index)]: commit }, comparisons: {} },
    environments,
  };
}

function roundOf(pipelines: readonly PipelineSnapshot[], decisions: readonly Decision[], enacted: readonly Enacted[]) {
  const snapshot = { url: 'https://github.com/acme/config', pipelines };
  return { snapshot, decisions, enacted, startedMs: NOW - 500, endedMs: NOW, exact };
}

describe('five images in one commit', () => {
  const indexes = [1, 2, 3, 4, 5];
  const pipelines = indexes.map(snapshotOf);
  const decisions = indexes.map((index): Promote => ({
    kind: 'promote',
    pipeline: `app${index}`,
    environment: 'dev',
    reason: 'the image was published',
    release: releaseOf(index),
    from: undefined,
    manifest: 'dev.yaml',
  }));
  const committed: Enacted = { kind: 'committed', oid: 'oid', url: '', at: '', subject: '', changes: decisions };
  const hops = describeEnacted(roundOf(pipelines, decisions, [committed]));
  const spans = hops.flat();

  it('are five traces, each with every arrow and no loss', () => {
    const traces = Map.groupBy(spans, ({ traceId }) => traceId);

    expect(traces.size).toBe(5);
    for (const own of traces.values()) {
      const { edges, losses } = drawServiceGraph([{ receivedMs: NOW, spans: own.map(toSpan) }]);
      expect(losses).toEqual([]);
      expect(edges.map(({ client, server, requests }) => [client, server, requests])).toEqual([
        ['ghcr', 'promoter', 1],
        ['promoter', 'gitops-config', 1],
      ]);
    }
  });

  it('are linked to each other', () => {
    for (const [index, pipeline] of pipelines.entries()) {
      const own = tracedPromotion(pipeline, 'dev', releaseOf(index + 1));
      const promote = spans.find(({ spanId }) => own && spanId === promoteSpanId(own));
      const others = pipelines.flatMap((other, at) =>
        at === index ? [] : [tracedPromotion(other, 'dev', releaseOf(at + 1))?.traceId],
      );

      expect(promote?.links.map(({ traceId }) => traceId)).toEqual(others);
    }
  });
});

it('a release whose commit is not known has no trace, and stops no other', () => {
  const known = snapshotOf(1);
  const unknown: PipelineSnapshot = { ...snapshotOf(2), lineage: undefined };
  const promote = (index: number): Promote => ({
    kind: 'promote',
    pipeline: `app${index}`,
    environment: 'dev',
    reason: '',
    release: releaseOf(index),
    from: undefined,
    manifest: 'dev.yaml',
  });
  const decisions = [promote(1), promote(2)];
  const committed: Enacted = { kind: 'committed', oid: 'oid', url: '', at: '', subject: '', changes: decisions };
  const hops = describeEnacted(roundOf([known, unknown], decisions, [committed]));

  expect(new Set(hops.flat().map(({ traceId }) => traceId)).size).toBe(1);
});

describe('the approval of a release', () => {
  const pullRequest: PullRequest = {
    id: 'PR_7',
    number: 7,
    url: 'https://github.com/acme/config/pull/7',
    title: '',
    body: '',
    author: 'promoter',
    headOid: '',
    headAt: '',
    isConflicting: false,
    isMergeableKnown: true,
    isBehind: false,
    queue: undefined,
    openedAt: new Date(NOW - 1_186_000).toISOString(),
    record: undefined,
    foreign: undefined,
    reviews: [],
    checks: [],
  };
  const decision: Merge = {
    kind: 'merge',
    pipeline: 'app1',
    environment: 'dev',
    reason: '',
    release: releaseOf(1),
    from: undefined,
    number: 7,
    headOid: '',
    approvedBy: ['rene'],
    by: 'squash',
    body: '',
  };
  const merged: Enacted = { kind: 'merged', pipeline: 'app1', environment: 'dev', number: 7, oid: 'oid', subject: '' };

  it.each([
    ['since the pull request proposed it, whatever it proposed before', NOW - 1_200, 700],
    ['since its cause, where nobody remembers more', undefined, 1_500],
  ])('is waited for %s', (_case, proposedMs, waitedMs) => {
    const known = snapshotOf(1);
    const environments = known.environments.map((environment) => ({ ...environment, pullRequest }));
    const round = roundOf([{ ...known, environments }], [decision], [merged]);
    const spans = describeEnacted({ ...round, exact: { ...exact, proposedMs: () => proposedMs } }).flat();
    const approval = spans.find(({ role }) => role === 'approval');

    expect((approval?.endMs ?? 0) - (approval?.startMs ?? 0)).toBe(waitedMs);
  });
});
