import { createRegistry } from '@delivery/telemetry/metrics';
import { type Span, trace, TraceFlags, type Tracer } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../errors.ts';
import { createMetrics } from './metrics.ts';
import { createReconciles } from './reconciles.ts';

const IDS = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED };
const names: string[] = [];
const tracer: Tracer = {
  startSpan: () => trace.wrapSpanContext(IDS),
  startActiveSpan: (name: string, ...rest: unknown[]) => {
    names.push(name);
    return (rest.at(-1) as (span: Span) => unknown)(trace.wrapSpanContext(IDS)) as never;
  },
};

beforeAll(() => trace.setGlobalTracerProvider({ getTracer: () => tracer }));
afterAll(() => trace.disable());

function reconciles() {
  const registry = createRegistry('promoter');
  const lines: Record<string, unknown>[] = [];
  const logger = { error: (fields: Record<string, unknown>, msg: string) => void lines.push({ ...fields, msg }) };
  return { registry, lines, ...createReconciles(createMetrics(registry), logger as never) };
}

describe('a reconcile', () => {
  it('has a span, which its duration leads to', async () => {
    const { during, registry } = reconciles();

    await during(() => Promise.resolve());

    expect(names).toEqual(['reconcile']);
    const text = await registry.metrics();
    expect(text).toContain(`trace_id="${IDS.traceId}"`);
    expect(text).toContain('promoter_reconciles_total{outcome="done",service="promoter"} 1');
  });

  it.each([
    [new TransientError('GitHub is away'), 1_000, 'reconcile failed, trying again', 'transient failure'],
    [new Error('a defect'), undefined, 'reconcile failed', 'failure'],
  ])('that fails is counted, and logged with the ids of its span: %s', async (thrown, retryInMs, msg, outcome) => {
    const { during, failed, lines, registry } = reconciles();

    await expect(during(() => Promise.reject(thrown))).rejects.toThrow(thrown);
    failed(thrown, retryInMs);

    expect(lines).toEqual([{ err: thrown, retryInMs, trace_id: IDS.traceId, span_id: IDS.spanId, msg }]);
    expect(await registry.metrics()).toContain(`promoter_reconciles_total{outcome="${outcome}",service="promoter"} 1`);
  });
});
