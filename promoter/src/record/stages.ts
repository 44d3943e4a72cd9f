// A stage is one word everywhere: folder, span, log field, metric label.
import { inSpan } from '@delivery/telemetry/tracing';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { PromoterMetrics } from './metrics.ts';

export type Stage = 'accept' | 'collect' | 'decide' | 'enact' | 'observe' | 'record';
/** Runs the work of a stage inside a span of its name, and measures it. */
export type InStage = <Result>(stage: Stage, attributes: Attributes, work: () => Promise<Result>) => Promise<Result>;

export function createStages(metrics: Pick<PromoterMetrics, 'stageDuration'>): InStage {
  return async (stage, attributes, work) => {
    const end = metrics.stageDuration.startTimer({ stage });
    try {
      return await inSpan('promoter', stage, { kind: SpanKind.INTERNAL, attributes }, work);
    } finally {
      end();
    }
  };
}
