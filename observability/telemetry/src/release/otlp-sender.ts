// Span records -> OTLP, through OpenTelemetry's own exporters, configured by the standard OTEL_* variables. One request may carry
// spans of several services: it has one resource for each.
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { type Environment, readTelemetryConfig } from '../config.ts';
import type { SpanRecord } from './span-record.ts';

export interface SpanSender {
  /** Rejects unless the collector accepted all of them. */
  send(spans: readonly SpanRecord[]): Promise<void>;
  shutdown(): Promise<void>;
}

const SCOPE = { name: '@delivery/telemetry/release' };
const KINDS = { INTERNAL: SpanKind.INTERNAL, SERVER: SpanKind.SERVER, CLIENT: SpanKind.CLIENT };

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];

async function createExporter(protocol: string): Promise<SpanExporter> {
  if (protocol === 'grpc') return new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter();
  if (protocol === 'http/json')
    return new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter();
  return new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
}

/** @returns undefined where the environment (by default the process's own) names no traces exporter. */
export async function createSpanSender(env?: Environment): Promise<SpanSender | undefined> {
  const { isTracingConfigured, otlpProtocol } = readTelemetryConfig(env);
  if (!isTracingConfigured) return undefined;
  const [exporter, { resourceFromAttributes }] = await Promise.all([
    createExporter(otlpProtocol),
    import('@opentelemetry/resources'),
  ]);

  return {
    send(records) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // The exporter groups spans by the identity of their resource: hence one object for each service of this request.
      const services = [...new Set(records.map(({ service }) => service))];
      const resources = new Map(
        services.map((service) => [service, resourceFromAttributes({ 'service.name': service })]),
      );
      const spans = records.map((record): ReadableSpan => {
        const context = { traceId: record.traceId, traceFlags: TraceFlags.SAMPLED };
        return {
          name: record.name,
          kind: KINDS[record.kind],
          spanContext: () => ({ ...context, spanId: record.spanId }),
          ...(record.parentSpanId ? { parentSpanContext: { ...context, spanId: record.parentSpanId } } : {}),
          startTime: hrTime(record.startMs),
          endTime: hrTime(record.endMs),
          duration: hrTime(record.endMs - record.startMs),
          status:
            record.error === undefined
              ? { code: SpanStatusCode.UNSET }
              : { code: SpanStatusCode.ERROR, message: record.error },
          attributes: record.attributes,
          links: record.links.map(({ traceId, spanId, attributes = {} }) => ({
            context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED },
            attributes,
          })),
          events: [],
          ended: true,
          resource: resources.get(record.service) ?? resourceFromAttributes({}),
          instrumentationScope: SCOPE,
          droppedAttributesCount: 0,
          droppedEventsCount: 0,
          droppedLinksCount: 0,
        };
      });
      exporter.export(spans, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve();
        else reject(error ?? new Error('the collector did not accept the spans'));
      });
      return promise;
    },
    shutdown: () => exporter.shutdown(),
  };
}
