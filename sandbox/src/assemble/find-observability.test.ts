import { startOtlpReceiver } from '@delivery/otlp-receiver';
import { describe, expect, it } from 'vitest';
import { findObservability, traceUrl } from './find-observability.ts';

describe('the observability stack', () => {
  it('is used where it answers, and nobody said where telemetry goes', async () => {
    const receiver = await startOtlpReceiver();
    const stack = { otlpUrl: receiver.url, grafanaUrl: 'http://127.0.0.1:3000' };
    try {
      expect(await findObservability({}, stack)).toEqual(stack);
      expect(await findObservability({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, stack)).toEqual(stack);
      expect(await findObservability({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere:4318' }, stack)).toBeUndefined();
      expect(await findObservability({ OTEL_SDK_DISABLED: 'true' }, stack)).toBeUndefined();
      receiver.answer(503);
      expect(await findObservability({}, stack)).toBeUndefined();
    } finally {
      await receiver.stop();
    }
    expect(await findObservability({}, stack)).toBeUndefined();
  });

  it('has a page for a trace', () => {
    const url = traceUrl({ otlpUrl: '', grafanaUrl: 'http://127.0.0.1:3000' }).replace('{traceId}', 'abc');
    const panes: unknown = JSON.parse(new URL(url).searchParams.get('panes') ?? '');

    expect(panes).toMatchObject({ trace: { datasource: 'tempo', queries: [{ query: 'abc' }] } });
  });
});
