// Every statement of a drizzle database by OpenTelemetry's stable conventions: one CLIENT span and one observed duration.
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

/** Operation and table of a statement, read from its text. */
export interface StatementSummary {
  /** `SELECT`, `INSERT`, ... */
  operation: string;
  /** The first table in the text; undefined where there is none. */
  table?: string;
}

export interface DatabaseIdentity {
  /** The database's node in the service graph. */
  peerService: string;
  namespace: string;
  /** Undefined where the database runs in this process. */
  address?: string;
  port?: number;
  pool: {
    /** How many statements may run at the same time. */
    connections: number;
    /** Statements that were not answered yet, including those that are running. */
    pending: () => number;
  };
}

/** The part of drizzle that is used here: its session makes a prepared query of every statement, whatever the driver. */
interface Prepared {
  execute(...values: unknown[]): Promise<unknown>;
}
interface Session {
  prepareQuery(query: { sql: string }, ...rest: unknown[]): Prepared;
}

const SYSTEM = 'postgresql';
/** The label is the SQLSTATE's class, not its code: a bounded number of values. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A WITH statement is summarised by its main part or, where that only reads, by the part that changes something. */
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
 * Call this once, before any statement is prepared.
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
    'peer.service': identity.peerService, // read by Tempo
    'service.peer.name': identity.peerService, // its successor in the conventions
  };

  const wrap = (text: string, prepared: Prepared): void => {
    const { operation, table } = summariseStatement(text);
    const summary = table === undefined ? operation : `${operation} ${table}`;
    // To Prometheus an empty label is an absent one.
    const labels = { db_system_name: SYSTEM, db_operation_name: operation, db_collection_name: table ?? '' };
    const attributes = {
      ...common,
      [ATTR_DB_OPERATION_NAME]: operation,
      [ATTR_DB_COLLECTION_NAME]: table,
      [ATTR_DB_QUERY_SUMMARY]: summary,
      [ATTR_DB_QUERY_TEXT]: text, // has placeholders, never values
    };
    const execute = prepared.execute.bind(prepared);
    prepared.execute = async (...values) => {
      const started = performance.now();
      // A statement outside of a request is the service's own housekeeping: a trace with a single span helps nobody.
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

  // Each transaction has its own session, of the same class.
  const sessions = Object.getPrototypeOf(db._.session) as Session;
  const prepareQuery = sessions.prepareQuery;
  sessions.prepareQuery = function prepareObserved(this: Session, query, ...rest) {
    const prepared = prepareQuery.call(this, query, ...rest);
    wrap(query.sql, prepared);
    return prepared;
  };
}

/** @returns the error type as a label: the class of PostgreSQL's SQLSTATE, or the driver's code. */
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
    help: 'The maximum number of connections to the database.',
    registers: [registry],
  }).set(connections);
  const waiting: Gauge = new Gauge({
    name: 'db_client_connection_pending_requests',
    help: 'Requests that wait for a connection to the database.',
    registers: [],
    collect: () => waiting.set(Math.max(0, pending() - connections)),
  });
  registry.registerMetric(waiting);
  const inUse: Gauge<'db_client_connection_state'> = new Gauge({
    name: 'db_client_connection_count',
    help: 'Connections to the database by what they do.',
    labelNames: ['db_client_connection_state'],
    registers: [],
    collect() {
      const used = Math.min(connections, pending());
      inUse.set({ db_client_connection_state: 'used' }, used);
      inUse.set({ db_client_connection_state: 'idle' }, connections - used);
    },
  });
  registry.registerMetric(inUse);
}
