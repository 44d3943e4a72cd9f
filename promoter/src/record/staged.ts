// A stage is one word everywhere: folder, span, log field, metric label.
import { type Attributes, SpanKind } from '@opentelemetry/api';
import { inSpan } from '@delivery/telemetry/tracing';
import type { PromoterMetrics } from './metrics.ts';

export type Stage = 'accept' | 'read' | 'decide' | 'enact' | 'observe';
export type Staged = <Result>(stage: Stage, attributes: Attributes, work: () => Promise<Result>) => Promise<Result>;

export function createStaged(metrics: Pick<PromoterMetrics, 'stageDuration'>): Staged {
  return async (stage, attributes, work) => {
    const end = metrics.stageDuration.startTimer({ stage });
    try {
      return await inSpan('promoter', stage, { kind: SpanKind.INTERNAL, attributes }, work);
    } finally {
      end();
    }
  };
}
