import { createServer } from 'node:http';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { summariseStatement } from './drizzle.ts';
import { createLogger } from './logger.ts';
import { createRegistry } from './metrics.ts';
import { inSpan, startTracing } from './tracing.ts';

it('starts no tracing without an exporter', async () => {
  const tracing = await startTracing('test', { env: {} });

  expect(tracing.enabled).toBe(false);
  await tracing.shutdown();
});

describe('inside a span', () => {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  });
  afterAll(() => {
    context.disable();
    trace.disable();
  });

  it('log lines carry its ids, and those outside carry none', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
        done();
      },
    });
    const logger = createLogger({ service: 'test', destination });

    logger.info('outside');
    const traceId = await inSpan('test', 'work', {}, (span) => {
      logger.info('inside');
      return Promise.resolve(span.spanContext().traceId);
    });

    expect(lines[0]).not.toHaveProperty('trace_id');
    expect(lines[1]).toMatchObject({ level: 'info', service: 'test', msg: 'inside', trace_id: traceId });
  });

  it('an error ends the span with its message and is thrown on', async () => {
    exporter.reset();

    await expect(inSpan('test', 'fails', {}, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');

    expect(exporter.getFinishedSpans()[0]).toMatchObject({ name: 'fails', status: { code: 2, message: 'no luck' } });
  });
});

describe('an OTLP endpoint', () => {
  it('receives the spans under the service name when tracing shuts down', async () => {
    const received: { path: string | undefined; body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ path: request.url, body: Buffer.concat(chunks).toString('latin1') });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
    const tracing = await startTracing('telemetry-test');

    await inSpan('test', 'a span to see', {}, () => Promise.resolve());
    await tracing.shutdown();

    vi.unstubAllEnvs();
    server.close();
    expect(received[0]?.path).toBe('/v1/traces');
    expect(received[0]?.body).toContain('telemetry-test');
    expect(received[0]?.body).toContain('a span to see');
  });
});

describe('a statement is summarised by what it does to which table', () => {
  it.each([
    ['select "id" from "todos" where "id" = $1', 'SELECT', 'todos'],
    ['insert into "drizzle"."__drizzle_migrations" ("hash") values ($1)', 'INSERT', '__drizzle_migrations'],
    ['update "todos" set "updated" = $1 where "id" = (select max("id") from "others")', 'UPDATE', 'todos'],
    ['delete from "todos" where "id" = $1 returning "id"', 'DELETE', 'todos'],
    [
      'with "k" as (insert into "keys" ("a") values ($1)) insert into "todos" ("id") select "a" from "k"',
      'INSERT',
      'todos',
    ],
    ['with "changed" as (update "todos" set "a" = f(1)) select count(*) from "changed"', 'UPDATE', 'todos'],
    ['with "some" as (select "id" from "todos") select count(*) from "some"', 'SELECT', 'some'],
    ['begin', 'BEGIN', undefined],
  ])('%s', (text, operation, table) => {
    expect(summariseStatement(text)).toEqual(table === undefined ? { operation } : { operation, table });
  });
});

describe('metrics', () => {
  it("carry the service's name and Node's own figures", async () => {
    const text = await createRegistry('test').metrics();

    expect(text).toContain('nodejs_eventloop_lag_seconds{service="test"}');
  });
});
