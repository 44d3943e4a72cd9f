// Every statement of a drizzle database as OpenTelemetry's stable conventions describe it: one CLIENT span, one observed duration.
// https://opentelemetry.io/docs/specs/semconv/database/database-spans/
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import { createDurationHistogram, DATABASE_DURATION_BUCKETS, Gauge, type Registry } from './metrics.ts';

/** What a statement does to which table, read from its text. */
export interface StatementSummary {
  /** `SELECT`, `INSERT`, ... */
  operation: string;
  /** The first table that it names; undefined where it names none. */
  table?: string;
}

export interface DatabaseIdentity {
  /** As other services know the database: the node at the end of the arrow in the service graph. */
  peerService: string;
  namespace: string;
  /** Undefined where the database runs in this process. */
  address?: string;
  port?: number;
  pool: {
    /** How many statements may run at once. */
    connections: number;
    /** Requests that were not answered yet, those that run included. */
    pending: () => number;
  };
}

/** What we use of drizzle: its session makes a prepared query of every statement, whatever the driver. */
interface Prepared {
  execute(...values: unknown[]): Promise<unknown>;
}
interface Session {
  prepareQuery(query: { sql: string }, ...rest: unknown[]): Prepared;
}

const SYSTEM = 'postgresql';
/** SQLSTATE classes, not codes, are the label: a bounded number of values. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A WITH statement is summarised by its main part, or, where that only reads, by what it changes on the way. */
export function summariseStatement(text: string): StatementSummary {
  const main = /^\s*with\b/i.test(text) ? mainPartOf(text) : text;
  const operation = /^\s*(\w+)/.exec(main)?.[1]?.toUpperCase() ?? 'QUERY';
  const table = /\b(?:from|into|update)\s+(?:"?\w+"?\.)?"?(\w+)"?/i.exec(main)?.[1];
  return table === undefined ? { operation } : { operation, table };
}

function mainPartOf(text: string): string {
  let outside = text;
  while (/\([^()]*\)/.test(outside)) outside = outside.replaceAll(/\([^()]*\)/g, ' ');
  const main = /\b(?:insert\s+into|update|delete\s+from|select)\b.*/is.exec(outside)?.[0] ?? text;
  if (!/^select\b/i.test(main)) return main;
  return /\b(?:insert\s+into|update|delete\s+from)\b.*/is.exec(text)?.[0] ?? main;
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause instanceof Error ? codeOf(cause) : error instanceof Error ? error.name : '_OTHER';
}

/**
 * Call it once, before statements are prepared.
 * @param db a drizzle database of any driver.
 */
export function observeDatabase(
  db: { readonly _: { readonly session: object } },
  identity: DatabaseIdentity,
  registry: Registry,
  isTracing: boolean,
): void {
  const duration = createDurationHistogram({
    name: 'db_client_operation_duration_seconds',
    help: 'Duration of database client operations.',
    labelNames: ['db_system_name', 'db_operation_name', 'db_collection_name', 'error_type'],
    buckets: DATABASE_DURATION_BUCKETS,
    registry,
  });
  observePool(identity.pool, registry);
  const tracer = trace.getTracer('@delivery/telemetry');
  const common: Attributes = {
    [ATTR_DB_SYSTEM_NAME]: SYSTEM,
    [ATTR_DB_NAMESPACE]: identity.namespace,
    [ATTR_SERVER_ADDRESS]: identity.address,
    [ATTR_SERVER_PORT]: identity.port,
    'peer.service': identity.peerService, // what Tempo reads
    'service.peer.name': identity.peerService, // its successor in the conventions
  };

  const wrap = (text: string, prepared: Prepared): void => {
    const { operation, table } = summariseStatement(text);
    const summary = table === undefined ? operation : `${operation} ${table}`;
    const labels = { db_system_name: SYSTEM, db_operation_name: operation, db_collection_name: table ?? '' };
    const attributes = {
      ...common,
      [ATTR_DB_OPERATION_NAME]: operation,
      [ATTR_DB_COLLECTION_NAME]: table,
      [ATTR_DB_QUERY_SUMMARY]: summary,
      [ATTR_DB_QUERY_TEXT]: text, // with placeholders: no value of a person is in it
    };
    const execute = prepared.execute.bind(prepared);
    prepared.execute = async (...values) => {
      const started = performance.now();
      // Without a request around it, a statement is the service's own housekeeping: a trace of one span helps nobody.
      const parent = isTracing ? trace.getSpan(context.active()) : undefined;
      const span = parent ? tracer.startSpan(summary, { kind: SpanKind.CLIENT, attributes }) : undefined;
      let errorType = '';
      try {
        return await execute(...values);
      } catch (error) {
        errorType = fail(error, span);
        throw error;
      } finally {
        duration.observe((performance.now() - started) / 1000, { ...labels, error_type: errorType }, span);
        span?.end();
      }
    };
  };

  // Transactions make sessions of their own, of the same class.
  const sessions = Object.getPrototypeOf(db._.session) as Session;
  const prepareQuery = sessions.prepareQuery;
  sessions.prepareQuery = function prepareObserved(this: Session, query, ...rest) {
    const prepared = prepareQuery.call(this, query, ...rest);
    wrap(query.sql, prepared);
    return prepared;
  };
}

/** @returns the error's type as a label: PostgreSQL's class of errors, or the driver's code. */
function fail(error: unknown, span: Span | undefined): string {
  const code = codeOf(error);
  const isSqlState = SQLSTATE.test(code);
  if (isSqlState) span?.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, code);
  span?.setAttribute(ATTR_ERROR_TYPE, code);
  span?.setStatus({ code: SpanStatusCode.ERROR });
  return isSqlState ? code.slice(0, 2) : code;
}

function observePool({ connections, pending }: DatabaseIdentity['pool'], registry: Registry): void {
  new Gauge({
    name: 'db_client_connection_max',
    help: 'The most connections to the database.',
    registers: [registry],
  }).set(connections);
  const waiting: Gauge = new Gauge({
    name: 'db_client_connection_pending_requests',
    help: 'Requests that wait for a connection to the database.',
    registers: [],
    collect: () => waiting.set(Math.max(0, pending() - connections)),
  });
  registry.registerMetric(waiting);
}
