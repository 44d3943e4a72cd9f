// The telemetry of the running service: spans over OTLP, log lines, and metrics with exemplars.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OtlpReceiver, startOtlpReceiver } from '@delivery/otlp-receiver';
import { type PostgresqlServer, startPostgresql } from '@delivery/postgresql';
import { drawServiceGraph, findMissingParents, type Span } from '@delivery/service-graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LogLine, type Service, startService } from './service.ts';

type RequestLine = LogLine & { method: string; route: string | undefined; status: number };

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const COMMIT = 'c'.repeat(40);

let receiver: OtlpReceiver;
let server: PostgresqlServer;
let service: Service;
let metrics: string;

const send = (route: string, init: RequestInit = {}, isTraced = true): Promise<Response> =>
  fetch(service.url + route, {
    ...init,
    headers: { ...init.headers, ...(isTraced ? { traceparent: `00-${TRACE}-${CALLER}-01` } : {}) },
  });
const json = (method: string, body: unknown): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  server = await startPostgresql();
  service = await startService({
    DATABASE_URL: server.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ENVIRONMENT: 'staging',
    IMAGE: 'ghcr.io/acme/todo:main-42-ccccccc',
    COMMIT,
    REPOSITORY: 'https://github.com/acme/todo',
  });
  for (const probe of ['/livez', '/readyz', '/metrics']) await send(probe);
  await send('/todos', json('POST', { title: 'trace me' }));
  await send('/todos/1');
  await send('/todos/2');
  await send('/todos/1', json('PATCH', { completed: true }));
  await send('/todos?completed=true&q=trace');
  await send('/nowhere', {}, false);
  metrics = await (await send('/metrics', { headers: { accept: 'application/openmetrics-text' } })).text();
  await server.kill();
  await send('/todos/1');
  await service.stop('SIGTERM');
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

const spans = (): Span[] => receiver.exports.flatMap((each) => each.spans);
const spanOf = (name: string): Span => {
  const found = spans().find((span) => span.name === name);
  if (!found)
    throw new Error(
      `no span is named ${name}, only ${spans()
        .map((span) => span.name)
        .join(', ')}`,
    );
  return found;
};

describe('spans', () => {
  it('are named by method and route, and leave out probes and scrapes', () => {
    const names = spans()
      .filter(({ kind }) => kind === 'SERVER')
      .map(({ name }) => name);

    expect(names).toEqual([
      'POST /todos',
      'GET /todos/:id',
      'GET /todos/:id',
      'PATCH /todos/:id',
      'GET /todos',
      'GET',
      'GET /todos/:id',
    ]);
  });

  it('join the trace of the caller, or start one', () => {
    expect(spanOf('POST /todos')).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
    expect(spanOf('GET').parentSpanId).toBeUndefined();
    expect(spanOf('GET').traceId).not.toBe(TRACE);
  });

  it('carry the attributes that the conventions require of an HTTP server', () => {
    expect(spanOf('POST /todos').attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/todos',
      'http.response.status_code': 201,
      'url.path': '/todos',
      'url.scheme': 'http',
    });
  });

  it('include one per statement, without its values', () => {
    const statements = spans().filter(({ kind }) => kind === 'CLIENT');

    expect(statements.map(({ name }) => name)).toEqual([
      'INSERT todos',
      'SELECT todos',
      'SELECT todos',
      'UPDATE todos',
      'SELECT todos',
      'SELECT todos',
    ]);
    expect(spanOf('INSERT todos')).toMatchObject({
      parentSpanId: spanOf('POST /todos').spanId,
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': 'postgres',
        'db.operation.name': 'INSERT',
        'db.collection.name': 'todos',
        'db.query.summary': 'INSERT todos',
        'server.address': new URL(server.url).hostname,
        'server.port': Number(new URL(server.url).port),
        'peer.service': 'todo-db',
        'service.peer.name': 'todo-db',
      },
    });
    expect(JSON.stringify(spans())).not.toContain('trace me');
  });

  it('mark failures; a missing todo is not one', () => {
    const failed = spans().filter(({ isError }) => isError);

    expect(failed.map(({ name }) => name)).toEqual(expect.arrayContaining(['SELECT todos', 'GET /todos/:id']));
    expect(failed.find(({ kind }) => kind === 'SERVER')?.attributes['http.response.status_code']).toBe(503);
    expect(failed).toHaveLength(2);
  });

  it('name the build and the environment', () => {
    expect(spanOf('POST /todos').resource).toMatchObject({
      'service.name': 'todo',
      'service.version': 'main-42-ccccccc',
      'deployment.environment.name': 'staging',
      'vcs.ref.head.revision': COMMIT,
      'vcs.repository.url.full': 'https://github.com/acme/todo',
    });
  });

  it('draw the database behind the service, and lose only spans whose caller is missing', () => {
    const { edges, losses } = drawServiceGraph(receiver.exports);
    const outsiders = findMissingParents(spans());

    expect(edges.map(({ client, server: to, requests }) => [client, to, requests])).toEqual([
      ['todo', 'todo-db', 6],
      ['user', 'todo', 1],
    ]);
    expect(outsiders.every(({ parentSpanId }) => parentSpanId === CALLER)).toBe(true);
    expect(losses.map(({ span }) => span)).toEqual(expect.arrayContaining(outsiders.slice(0, 1)));
    expect(losses.every(({ span }) => outsiders.includes(span))).toBe(true);
  });
});

describe('log lines', () => {
  it('carry the ids of their trace and span', () => {
    const refused = service.log.find(({ msg }) => msg === 'request refused');

    expect(refused?.trace_id).toBe(TRACE);
    expect(spans().find(({ spanId }) => spanId === refused?.span_id)?.name).toBe('GET /todos/:id');
  });
});

describe('the line of a request', () => {
  it('has its route, its status, its duration and its trace, and nothing that a person wrote', () => {
    const isRequest = (line: LogLine): line is RequestLine => line.msg === 'request';
    const lines = service.log.filter(isRequest);

    expect(lines.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['POST', '/todos', 201],
      ['GET', '/todos/:id', 200],
      ['GET', '/todos/:id', 404],
      ['PATCH', '/todos/:id', 200],
      ['GET', '/todos', 200],
      ['GET', undefined, 404],
      ['GET', '/todos/:id', 503],
    ]);
    expect(lines[0]).toMatchObject({ trace_id: TRACE, durationMs: expect.any(Number) as number });
    expect(JSON.stringify(lines)).not.toContain('trace me');
  });
});

describe('metrics', () => {
  it('say which release runs, and what its pool of connections does', () => {
    expect(metrics).toMatch(/^target_info\{service_version="main-42-ccccccc",service="todo"\} 1$/m);
    expect(metrics).toMatch(/^db_client_connection_count\{db_client_connection_state="used",service="todo"\} 0$/m);
    expect(metrics).toMatch(/^db_client_connection_count\{db_client_connection_state="idle",service="todo"\} 10$/m);
  });

  it('have failures of each known route at zero before the first, which is then an increase', () => {
    for (const status of [500, 503])
      expect(metrics).toMatch(
        new RegExp(
          String.raw`http_server_request_duration_seconds_count\{[^}]*http_request_method="POST",http_route="/todos",http_response_status_code="${status}"\} 0`,
        ),
      );
  });

  it('lead to traces: a bucket carries the exemplar of a request in it', () => {
    expect(metrics).toMatch(
      new RegExp(
        String.raw`http_server_request_duration_seconds_bucket\{[^}]*http_route="/todos/:id"[^}]*\} \d+ # \{trace_id="${TRACE}",span_id="[0-9a-f]{16}"\} [\d.e-]+`,
      ),
    );
    expect(metrics).toMatch(
      new RegExp(
        String.raw`db_client_operation_duration_seconds_bucket\{[^}]*db_operation_name="INSERT"[^}]*\} \d+ # \{trace_id="${TRACE}"`,
      ),
    );
  });

  it('end as OpenMetrics demands, and count client errors', () => {
    expect(metrics.endsWith('# EOF\n')).toBe(true);
    expect(metrics).toMatch(
      /http_server_request_duration_seconds_count\{[^}]*http_response_status_code="404"[^}]*\} 1/,
    );
  });
});

it('a refused or unreachable exporter affects neither requests nor shutdown', async ({ onTestFinished }) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'todo-telemetry-'));
  const refusing = await startOtlpReceiver();
  refusing.answer(400);
  const alone = await startService({
    DATA_DIRECTORY: directory,
    OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '10',
  });
  onTestFinished(() => void alone.stop('SIGKILL'));
  const statuses = [(await fetch(`${alone.url}/todos`)).status];
  await refusing.stop();
  statuses.push((await fetch(`${alone.url}/todos`)).status);

  expect(statuses).toEqual([200, 200]);
  expect(await alone.stop('SIGTERM')).toBe(0);
  await rm(directory, { recursive: true });
});
