import { createRegistry } from '@delivery/telemetry/metrics';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../errors.ts';
import { createMetrics } from './metrics.ts';
import { createReconciles } from './reconciles.ts';

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({}));
});
afterAll(() => {
  context.disable();
  trace.disable();
});

function reconciles() {
  const registry = createRegistry('promoter');
  const lines: Record<string, unknown>[] = [];
  const logger = { error: (fields: Record<string, unknown>, msg: string) => void lines.push({ ...fields, msg }) };
  return { registry, lines, ...createReconciles(createMetrics(registry), logger as never) };
}

describe('a reconcile', () => {
  it('has a span, which its duration leads to', async () => {
    const { during, registry } = reconciles();

    const id = await during(() => Promise.resolve(trace.getActiveSpan()?.spanContext().traceId));

    expect(id).toMatch(/^[0-9a-f]{32}$/);
    const text = await registry.metrics();
    expect(text).toContain(`trace_id="${id}"`);
    expect(text).toContain('promoter_reconciles_total{outcome="done",service="promoter"} 1');
  });

  it.each([
    [new TransientError('GitHub is away'), 1_000, 'reconcile failed, trying again', 'transient failure'],
    [new Error('a defect'), undefined, 'reconcile failed', 'failure'],
  ])('that fails is counted, and logged with the ids of its span: %s', async (error, retryInMs, msg, outcome) => {
    const { during, failed, lines, registry } = reconciles();
    let traceId: string | undefined;
    const work = (): Promise<never> => {
      traceId = trace.getActiveSpan()?.spanContext().traceId;
      return Promise.reject(error);
    };

    await expect(during(work)).rejects.toThrow(error);
    failed(error, retryInMs);

    expect(lines).toEqual([{ err: error, retryInMs, trace_id: traceId, span_id: expect.any(String) as string, msg }]);
    expect(await registry.metrics()).toContain(`promoter_reconciles_total{outcome="${outcome}",service="promoter"} 1`);
  });
});
