// Every metric of the promoter, with its meaning. No label holds a value without bound.
import { Counter, Gauge, Histogram, type Registry } from '@delivery/telemetry/metrics';
import type { Gate } from '../decide/promotion.ts';

export type PromoterMetrics = ReturnType<typeof createMetrics>;

const STAGE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(registry: Registry) {
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
    reconcileDuration: new Histogram({
      name: 'promoter_reconcile_duration_seconds',
      help: 'Duration of reconciles that ended well.',
      buckets: STAGE_BUCKETS,
      registers,
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
