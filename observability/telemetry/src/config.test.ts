import { describe, expect, it } from 'vitest';
import { readTelemetryConfig } from './config.ts';

describe('whether tracing is configured', () => {
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'console' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
  ])('%j -> %s', (env, expected) => {
    expect(readTelemetryConfig(env).isTracingConfigured).toBe(expected);
  });
});

describe('the OTLP protocol', () => {
  it.each([
    [{}, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'grpc'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }, 'http/json'],
  ])('%j -> %s', (env, expected) => {
    expect(readTelemetryConfig(env).otlpProtocol).toBe(expected);
  });
});

it('has a service name only where the environment sets one', () => {
  expect(readTelemetryConfig({}).serviceName).toBeUndefined();
  expect(readTelemetryConfig({ OTEL_SERVICE_NAME: '' }).serviceName).toBeUndefined();
  expect(readTelemetryConfig({ OTEL_SERVICE_NAME: 'shop' }).serviceName).toBe('shop');
});
