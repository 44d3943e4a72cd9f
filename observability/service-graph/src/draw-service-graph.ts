// The part of Tempo's service-graph processor that decides which spans become arrows.
// https://github.com/grafana/tempo/blob/v3.0.3/modules/generator/processor/servicegraphs/servicegraphs.go
import type { Export, Span } from './read-otlp.ts';

export type ConnectionType = '' | 'messaging_system' | 'database' | 'virtual_node';

export interface Edge {
  client: string;
  server: string;
  connectionType: ConnectionType;
  /** The number of requests, and how many of them failed. */
  requests: number;
  failed: number;
}

/** A span that the graph does not show, or counts wrongly. */
export interface Loss {
  span: Span;
  why: string;
}

export interface ServiceGraph {
  edges: Edge[];
  losses: Loss[];
}

export interface TempoSettings {
  /** `metrics_ingestion_time_range_slack`: spans that ended longer ago, or further in the future, are dropped. */
  slackMs: number;
  /** `service_graphs.wait`: how long one end of an arrow waits for the other. */
  waitMs: number;
  /** `service_graphs.peer_attributes`: span attributes that name a partner which exports no spans. */
  peerAttributes: readonly string[];
  /** `service_graphs.database_name_attributes`. */
  databaseNameAttributes: readonly string[];
}

/** The defaults of Tempo 3.0.3. */
export const TEMPO_DEFAULTS: TempoSettings = {
  slackMs: 30_000,
  waitMs: 10_000,
  peerAttributes: ['peer.service', 'db.name', 'db.system'],
  databaseNameAttributes: ['db.namespace', 'db.name', 'db.system'],
};

/** One end of an arrow that waits for the other. */
interface Half {
  span: Span;
  service: string;
  arrivedMs: number;
}

const isCaller = ({ kind }: Span): boolean => kind === 'CLIENT' || kind === 'PRODUCER';
const isCallee = ({ kind }: Span): boolean => kind === 'SERVER' || kind === 'CONSUMER';
const isMessage = ({ kind }: Span): boolean => kind === 'PRODUCER' || kind === 'CONSUMER';

/** @param exports in any order; each counts as a whole, at the time it was received. */
export function drawServiceGraph(exports: readonly Export[], settings: TempoSettings = TEMPO_DEFAULTS): ServiceGraph {
  const edges = new Map<string, Edge>();
  const losses: Loss[] = [];
  const waiting = new Map<string, Half>();
  const paired = new Set<string>();
  const seen = new Set<string>();

  const lose = (span: Span, why: string): void => void losses.push({ span, why });

  function count(client: string, server: string, connectionType: ConnectionType, isFailed: boolean): void {
    const key = JSON.stringify([client, server, connectionType]);
    const edge = edges.get(key) ?? { client, server, connectionType, requests: 0, failed: 0 };
    edge.requests += 1;
    edge.failed += Number(isFailed);
    edges.set(key, edge);
  }

  function join(key: string, one: Half, other: Half): void {
    const [caller, callee] = isCaller(one.span) ? [one, other] : [other, one];
    waiting.delete(key);
    paired.add(key);
    if (isMessage(caller.span) !== isMessage(callee.span))
      lose(callee.span, `${callee.span.kind} answers ${caller.span.kind}: the connection type is either`);
    if (caller.service === callee.service) lose(callee.span, `the arrow leads from ${caller.service} to itself`);
    const type = isMessage(caller.span) ? 'messaging_system' : '';
    count(caller.service, callee.service, type, caller.span.isError || callee.span.isError);
  }

  /** Handles a half whose partner did not arrive in time. */
  function expire(key: string, { span, service }: Half): void {
    waiting.delete(key);
    const peer = nameIn(span, settings.peerAttributes);
    if (isCaller(span)) {
      if (peer === undefined) lose(span, 'no partner arrived, and no peer.service names one');
      else count(service, peer, 'virtual_node', span.isError);
    } else if (span.parentSpanId === undefined) {
      count(peer ?? 'user', service, 'virtual_node', span.isError);
    } else if (paired.has(key)) {
      lose(span, 'its parent already has a partner: one arrow needs one CLIENT span');
    } else {
      lose(span, 'its direct parent is not a CLIENT span that arrived in time');
    }
  }

  function accept(span: Span, receivedMs: number): void {
    const identity = `${span.traceId}-${span.spanId}-${span.kind}`;
    if (seen.has(identity)) lose(span, 'exported twice: Tempo counts it twice');
    seen.add(identity);
    if (!isCaller(span) && !isCallee(span)) return;
    if (span.service === undefined) return lose(span, 'its resource has no service.name');
    const ageMs = receivedMs - span.endMs;
    if (Math.abs(ageMs) > settings.slackMs)
      return lose(span, `ended ${Math.abs(ageMs / 1000)} s ${ageMs > 0 ? 'before' : 'after'} it was received`);
    const database = isCaller(span) ? nameIn(span, settings.databaseNameAttributes) : undefined;
    if (database !== undefined) return count(span.service, databaseNode(span, database), 'database', span.isError);
    // As in Tempo, a root's parent id is empty: all roots of a trace share a key.
    const key = `${span.traceId}-${isCaller(span) ? span.spanId : (span.parentSpanId ?? '')}`;
    const half = { span, service: span.service, arrivedMs: receivedMs };
    const first = waiting.get(key);
    if (first && isCaller(first.span) !== isCaller(span)) return join(key, first, half);
    // Two halves of the same kind under one key: the later replaces the first.
    if (first) lose(first.span, `${span.name} replaced it: both wait for the same partner`);
    waiting.set(key, half);
  }

  for (const { receivedMs, spans } of exports.toSorted((one, other) => one.receivedMs - other.receivedMs)) {
    for (const [key, half] of waiting) if (half.arrivedMs + settings.waitMs < receivedMs) expire(key, half);
    for (const span of spans) accept(span, receivedMs);
  }
  for (const [key, half] of waiting) expire(key, half);
  return { edges: [...edges.values()], losses };
}

function nameIn(span: Span, attributes: readonly string[]): string | undefined {
  return attributes.map((name) => span.attributes[name]).find((value) => typeof value === 'string' && value !== '') as
    string | undefined;
}

function databaseNode(span: Span, name: string): string {
  const address = span.attributes['network.peer.address'];
  const port = span.attributes['network.peer.port'];
  const peer = nameIn(span, ['peer.service', 'server.address']);
  if (peer !== undefined) return peer;
  if (typeof address !== 'string') return name;
  return port === undefined ? address : `${address}:${String(port)}`;
}
