// DORA's figures with their trend, and the service graph of the last releases. Pure.
import { drawServiceGraph, type Edge, type Span } from '@delivery/service-graph';
import type { SpanRecord } from '@delivery/telemetry/release';
import type { Known } from './find-change.ts';
import { type Deployment, deploymentsOf, dora, DORA_WINDOW_MS, type DoraFigures } from '../trace/dora.ts';

const WEEK_MS = 7 * 86_400_000;
const WEEKS = 8;

export interface EnvironmentFigures {
  pipeline: string;
  environment: string;
  figures: DoraFigures;
  /** Median lead time and deployments of each of the last eight weeks, oldest first. */
  trend: readonly { leadTimeMs: number | undefined; deployments: number }[];
}

export interface GraphNode {
  name: string;
  /** Column and row, from 0. */
  column: number;
  row: number;
}

export interface GraphView {
  nodes: readonly GraphNode[];
  edges: readonly Edge[];
  columns: number;
  rows: number;
}

export interface DeliveryView {
  environments: readonly EnvironmentFigures[];
  graph: GraphView;
  releases: number;
}

function trendOf(deployments: readonly Deployment[], nowMs: number): EnvironmentFigures['trend'] {
  return Array.from({ length: WEEKS }, (_, index) => {
    const week = dora(deployments, nowMs - (WEEKS - 1 - index) * WEEK_MS, WEEK_MS);
    return { leadTimeMs: week.leadTimeMedianMs, deployments: week.deployments };
  });
}

export function describeDelivery(
  pipelines: readonly Known[],
  timelines: readonly (readonly SpanRecord[])[],
  nowMs: number,
): DeliveryView {
  const environments = pipelines.flatMap(({ pipeline, history }) =>
    pipeline.environments.map(({ declared }): EnvironmentFigures => {
      const deployments = deploymentsOf(pipeline, declared.name, history.recentRecords);
      return {
        pipeline: pipeline.declared.name,
        environment: declared.name,
        figures: dora(deployments, nowMs, DORA_WINDOW_MS),
        trend: trendOf(deployments, nowMs),
      };
    }),
  );
  return { environments, graph: layOut(edgesOf(timelines)), releases: timelines.length };
}

/** As Tempo draws them when every span comes in time, which is when it ends. */
function edgesOf(timelines: readonly (readonly SpanRecord[])[]): Edge[] {
  const spans = timelines.flat().map(({ error, links, service, attributes, ...span }): Span => ({
    ...span,
    service,
    isError: error !== undefined,
    links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    resource: {},
    attributes: attributes as Span['attributes'],
  }));
  const settings = {
    slackMs: Number.POSITIVE_INFINITY,
    waitMs: Number.POSITIVE_INFINITY,
    peerAttributes: ['peer.service'],
    databaseNameAttributes: [],
  };
  return drawServiceGraph([{ receivedMs: 0, spans }], settings).edges;
}

/** A node stands one column behind the furthest that calls it; a circle of calls moves nothing. */
export function layOut(edges: readonly Edge[]): GraphView {
  const names = [...new Set(edges.flatMap(({ client, server }) => [client, server]))];
  const column = new Map(names.map((name) => [name, 0]));
  for (let pass = 0; pass < names.length; pass += 1) {
    for (const { client, server } of edges) {
      const wanted = (column.get(client) ?? 0) + 1;
      if (client !== server && wanted > (column.get(server) ?? 0) && wanted < names.length) column.set(server, wanted);
    }
  }
  const rows = new Map<number, number>();
  const nodes = names.map((name): GraphNode => {
    const at = column.get(name) ?? 0;
    const row = rows.get(at) ?? 0;
    rows.set(at, row + 1);
    return { name, column: at, row };
  });
  return {
    nodes,
    edges,
    columns: Math.max(0, ...nodes.map((node) => node.column + 1)),
    rows: Math.max(0, ...rows.values()),
  };
}
