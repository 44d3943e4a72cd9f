// Every metric of the promoter, with its meaning. No label holds a value without bound.
import { Counter, createDurationHistogram, Gauge, Histogram, type Registry } from '@delivery/telemetry/metrics';
import type { Gate } from '../decide/promotion.ts';
import type { Bound } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';

export type PromoterMetrics = ReturnType<typeof createMetrics>;

const STAGE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Of webhooks that are read; whatever else comes is rare, and begins with its first. */
const EVENTS = [
  'announcement',
  'check_run',
  'package',
  'pull_request',
  'pull_request_review',
  'push',
  'registry_package',
  'status',
  'unknown',
  'workflow_job',
  'workflow_run',
];
const OUTCOMES = ['queued', 'ignored', 'rejected', 'aborted'];
/** Records have every member of a type. */
const BOUNDS: Record<Bound, true> = {
  delivery_log_pages: true,
  delivery_log_reads: true,
  pull_request_pages: true,
  registry_pages: true,
  releases_of_an_image: true,
  trace_reads: true,
  unclaimed_releases: true,
  unordered_releases: true,
  unreadable_registries: true,
  waiting_releases: true,
};
const ENACTED: Record<Enacted['kind'], true> = {
  closed: true,
  committed: true,
  dequeued: true,
  described: true,
  merged: true,
  opened: true,
  queued: true,
  refused: true,
  stale: true,
  updated: true,
};
const SPAN_OUTCOMES: Record<'exported' | 'failed' | 'dropped', true> = { exported: true, failed: true, dropped: true };
const RECONCILE_OUTCOMES = ['done', 'transient failure', 'failure'];

/**
 * A counter whose first sample is 1 has not increased, as Prometheus sees it: what happens once would show nowhere, and alert nobody.
 * So every set of labels that is known begins at zero.
 */
function beginAtZero(metrics: ReturnType<typeof defineMetrics>): typeof metrics {
  for (const event of EVENTS) for (const outcome of OUTCOMES) metrics.deliveries.inc({ event, outcome }, 0);
  for (const bound of Object.keys(BOUNDS)) metrics.boundsReached.inc({ bound }, 0);
  for (const kind of Object.keys(ENACTED)) metrics.enacted.inc({ kind }, 0);
  for (const outcome of Object.keys(SPAN_OUTCOMES)) metrics.releaseSpans.inc({ outcome }, 0);
  for (const outcome of RECONCILE_OUTCOMES) metrics.reconciles.inc({ outcome }, 0);
  return metrics;
}

export const createMetrics = (registry: Registry) => beginAtZero(defineMetrics(registry));

function defineMetrics(registry: Registry) {
  const registers = [registry];
  return {
    deliveries: new Counter({
      name: 'promoter_webhook_deliveries_total',
      help: 'Webhook deliveries by their one outcome.',
      labelNames: ['event', 'outcome'],
      registers,
    }),
    recovered: new Counter({
      name: 'promoter_recovered_releases_total',
      help: 'Releases found in the delivery log that no webhook had announced.',
      registers,
    }),
    unreadableDeliveries: new Counter({
      name: 'promoter_unreadable_deliveries_total',
      help: 'Deliveries that the delivery log lists and does not show; they were skipped.',
      registers,
    }),
    boundsReached: new Counter({
      name: 'promoter_bounds_reached_total',
      help: 'How often more came than a bound allows to keep or to read.',
      labelNames: ['bound'],
      registers,
    }),
    stageDuration: new Histogram({
      name: 'promoter_stage_duration_seconds',
      help: 'Duration of the stages of a reconcile.',
      labelNames: ['stage'],
      buckets: STAGE_BUCKETS,
      registers,
    }),
    reconcileDuration: createDurationHistogram({
      name: 'promoter_reconcile_duration_seconds',
      help: 'Duration of reconciles that ended well.',
      labelNames: [],
      buckets: STAGE_BUCKETS,
      registry,
    }),
    reconciles: new Counter({
      name: 'promoter_reconciles_total',
      help: 'Reconciles by how they ended.',
      labelNames: ['outcome'],
      registers,
    }),
    enacted: new Counter({
      name: 'promoter_enacted_total',
      help: 'What was done to the config repository.',
      labelNames: ['kind'],
      registers,
    }),
    githubRequests: new Counter({
      name: 'promoter_github_requests_total',
      help: 'Requests to the GitHub API.',
      labelNames: ['operation', 'status'],
      registers,
    }),
    githubRemaining: new Gauge({
      name: 'promoter_github_rate_limit_remaining',
      help: 'What is left of the primary rate limit.',
      labelNames: ['resource'],
      registers,
    }),
    githubBudget: new Gauge({
      name: 'promoter_github_content_budget_remaining',
      help: 'Content-creating requests left in this hour.',
      registers,
    }),
    holds: new Gauge({
      name: 'promoter_open_holds',
      help: 'Environments that wait, by what they wait for.',
      labelNames: ['gate'],
      registers,
    }),
    releaseSpans: new Counter({
      name: 'promoter_release_spans_total',
      help: 'Spans of release traces, by what became of them.',
      labelNames: ['outcome'],
      registers,
    }),
    inboxDepth: new Gauge({
      name: 'promoter_inbox_depth',
      help: 'Events and releases that wait for a decision.',
      registers,
    }),
  };
}

/** @param budgetLeft content-creating requests left in the hour. */
export function countGitHubRequest(
  metrics: Pick<PromoterMetrics, 'githubRequests' | 'githubBudget' | 'githubRemaining'>,
  budgetLeft: () => number,
) {
  return (operation: string, status: number, headers: Record<string, string | number | undefined>): void => {
    metrics.githubRequests.inc({ operation, status });
    metrics.githubBudget.set(budgetLeft());
    const resource = headers['x-ratelimit-resource'];
    if (resource !== undefined)
      metrics.githubRemaining.set({ resource: String(resource) }, Number(headers['x-ratelimit-remaining']));
  };
}

interface GatedPipeline {
  environments: readonly { gates: readonly Gate[] }[];
}

export function countHolds({ holds }: Pick<PromoterMetrics, 'holds'>, pipelines: readonly GatedPipeline[]): void {
  holds.reset();
  const gates = pipelines.flatMap(({ environments }) => environments.flatMap((environment) => environment.gates));
  for (const { name, isMet } of gates) if (!isMet) holds.inc({ gate: name });
}
