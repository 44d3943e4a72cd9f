// Each reconcile has a span: its stages are below it, its log lines carry its ids, and its duration leads to it.
import type { Logger } from '@delivery/telemetry/logger';
import { inSpan } from '@delivery/telemetry/tracing';
import { isSpanContextValid, type SpanContext, SpanKind } from '@opentelemetry/api';
import { TransientError } from '../errors.ts';
import type { PromoterMetrics } from './metrics.ts';

export interface Reconciles {
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** The one that was last, which threw. @param retryInMs undefined where nothing is tried again by itself. */
  failed(error: unknown, retryInMs: number | undefined): void;
}

export function createReconciles(
  metrics: Pick<PromoterMetrics, 'reconciles' | 'reconcileDuration'>,
  logger: Pick<Logger, 'error'>,
): Reconciles {
  let last: SpanContext | undefined;
  return {
    during: (work) =>
      inSpan('promoter', 'reconcile', { kind: SpanKind.INTERNAL }, async (span) => {
        last = span.spanContext();
        const startedMs = performance.now();
        const result = await work();
        metrics.reconcileDuration.observe((performance.now() - startedMs) / 1_000, {}, span);
        metrics.reconciles.inc({ outcome: 'done' });
        return result;
      }),
    failed(error, retryInMs) {
      metrics.reconciles.inc({ outcome: error instanceof TransientError ? 'transient failure' : 'failure' });
      // Its span has ended by now.
      const ids = last && isSpanContextValid(last) ? { trace_id: last.traceId, span_id: last.spanId } : {};
      const text = retryInMs === undefined ? 'reconcile failed' : 'reconcile failed, trying again';
      logger.error({ err: error, retryInMs, ...ids }, text);
    },
  };
}
