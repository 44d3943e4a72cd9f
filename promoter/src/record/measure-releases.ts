// Metrics of releases, from the spans of their traces and from Git. Each stage of a release is counted once, when it is recorded.
import type { SpanRecord } from '@delivery/telemetry/release';
import { createDurationHistogram, Gauge, type Registry } from '@delivery/telemetry/metrics';
import { trace, TraceFlags } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import type { Pipeline } from '../decide/pipeline.ts';
import type { PipelineSnapshot, PromotionRecord } from '../decide/promotion.ts';
import { isSameRepository } from '../decide/repository.ts';
import { ATTRIBUTE, textOf } from '../trace/attributes.ts';
import type { Observed } from '../trace/describe-observed.ts';
import { deploymentsOf, dora } from '../trace/dora.ts';

export interface ReleaseMeasures {
  /** @param spans that were not recorded before. */
  recorded(spans: readonly SpanRecord[]): void;
  /** A rollout ended healthy that was not measured before. */
  rolledOut(observed: Observed, pipeline: PipelineSnapshot, recentRecords: readonly PromotionRecord[]): void;
  /** The long-term figures, rebuilt from Git. */
  read(pipelines: readonly PipelineSnapshot[], recentRecords: readonly PromotionRecord[], now: Date): void;
}

/** Seconds: from a commit that took a moment to an approval that took a week. */
const STAGE_BUCKETS = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800];
const MS = 1_000;
/** Of releases under way. */
const MAX_REMEMBERED = 1_000;

/** The stage that a span's duration is. */
const STAGES: Partial<Record<SpanRecord['role'], string>> = {
  run: 'ci',
  promote: 'promote',
  approval: 'approve',
  sync: 'sync',
  rollout: 'rollout',
};

/** Those of each environment: before its first release each is at zero, so that the first is an increase. */
const ENVIRONMENT_STAGES = ['promote', 'approve', 'sync', 'rollout', 'first_request'];

export function createReleaseMeasures(registry: Registry, pipelines: () => readonly Pipeline[]): ReleaseMeasures {
  const labelNames = ['pipeline', 'environment'];
  const stages = createDurationHistogram({
    name: 'promoter_release_stage_duration_seconds',
    help: 'How long releases took for ci, publish, promote, approve, sync, rollout and first_request.',
    labelNames: [...labelNames, 'stage'],
    buckets: STAGE_BUCKETS,
    registry,
  });
  const leadTimes = createDurationHistogram({
    name: 'promoter_lead_time_seconds',
    help: 'From each commit to the moment its release was proven in an environment.',
    labelNames,
    buckets: STAGE_BUCKETS,
    registry,
  });
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({
      name: `promoter_dora_${name}`,
      help: `${help}, of the last 30 days.`,
      labelNames,
      registers: [registry],
    });
  const figures = {
    deployments: gauge('deployments', 'Deployments'),
    leadTime: gauge('lead_time_median_seconds', 'Median change lead time over commits'),
    failRatio: gauge('change_fail_ratio', 'Deployments that failed'),
    recovery: gauge('recovery_time_median_seconds', 'Median time from a failed deployment to the next'),
    reworkRatio: gauge('rework_ratio', 'Deployments that a failure made necessary'),
  };
  const pushedMs = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  const rolledOutMs = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  /** Whose rollout is not recorded yet. */
  const firstRequests = new LRUCache<string, SpanRecord>({ max: MAX_REMEMBERED });

  function observe(span: SpanRecord, stage: string, ms: number): void {
    // Prometheus' own spelling of a label that is not there.
    const pipeline = textOf(span, ATTRIBUTE.pipeline) ?? pipelineOf(span) ?? '';
    const environment = textOf(span, ATTRIBUTE.environment) ?? '';
    const labels = { pipeline, environment, stage };
    stages.begin(labels);
    stages.observe(Math.max(0, ms) / MS, labels, exemplarOf(span));
  }

  /** A run belongs to a repository, which may have several pipelines: it is counted once, for the first. */
  function pipelineOf(span: SpanRecord): string | undefined {
    const [owner, name] = [textOf(span, ATTRIBUTE.owner), textOf(span, ATTRIBUTE.repositoryName)];
    if (owner === undefined || name === undefined) return undefined;
    return pipelines().find(({ source }) => source && isSameRepository(source, { owner, name }))?.name;
  }

  return {
    recorded(spans) {
      for (const span of spans) {
        const stage = STAGES[span.role];
        if (stage) observe(span, stage, span.endMs - span.startMs);
        if (span.role === 'push') pushedMs.set(span.traceId, span.startMs);
        const pushed = pushedMs.get(span.traceId);
        if (span.role === 'publish' && pushed !== undefined) observe(span, 'publish', span.endMs - pushed);
        const key = `${span.traceId} ${textOf(span, ATTRIBUTE.environment) ?? ''}`;
        if (span.role === 'rolled out') rolledOutMs.set(key, span.endMs);
        // Under load the first request is served, and reported, before Argo CD says that the rollout is done.
        if (span.role === 'first request') firstRequests.set(key, span);
        const first = firstRequests.get(key);
        const rolledOut = rolledOutMs.get(key);
        if (first && rolledOut !== undefined) {
          observe(first, 'first_request', first.endMs - rolledOut);
          firstRequests.delete(key);
        }
      }
    },
    rolledOut({ promotion, committedMs, outcome, hops }, pipeline, recentRecords) {
      if (outcome?.state !== 'healthy' || promotion.kind !== 'promotion') return;
      const deployments = deploymentsOf(pipeline, promotion.environment, recentRecords);
      const newest = deployments.toSorted((one, other) => other.committedMs - one.committedMs)[0];
      const span = hops.flat().find(({ role }) => role === 'rolled out');
      const labels = { pipeline: promotion.pipeline, environment: promotion.environment };
      leadTimes.begin(labels);
      for (const changeMs of newest?.changesMs ?? [])
        if (changeMs < committedMs) leadTimes.observe((outcome.atMs - changeMs) / MS, labels, span && exemplarOf(span));
    },
    read(read, recentRecords, now) {
      for (const pipeline of read) {
        const ofNone = { pipeline: pipeline.declared.name, environment: '' };
        for (const stage of ['ci', 'publish']) stages.begin({ ...ofNone, stage });
        for (const { declared } of pipeline.environments) {
          const labels = { pipeline: pipeline.declared.name, environment: declared.name };
          for (const stage of ENVIRONMENT_STAGES) stages.begin({ ...labels, stage });
          leadTimes.begin(labels);
          const found = dora(deploymentsOf(pipeline, declared.name, recentRecords), now.getTime());
          figures.deployments.set(labels, found.deployments);
          set(figures.leadTime, labels, found.leadTimeMedianMs, MS);
          set(figures.failRatio, labels, found.failRatio, 1);
          set(figures.recovery, labels, found.recoveryMedianMs, MS);
          set(figures.reworkRatio, labels, found.reworkRatio, 1);
        }
      }
    },
  };
}

/** No value is not zero: the series is absent. */
function set(gauge: Gauge, labels: Record<string, string>, value: number | undefined, unit: number): void {
  if (value === undefined) gauge.remove(labels);
  else gauge.set(labels, value / unit);
}

/** Leads from a bucket to the release's trace. */
const exemplarOf = ({ traceId, spanId }: SpanRecord) =>
  trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
