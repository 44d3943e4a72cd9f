// A sandbox whose promoter and services export to a receiver, and the graph that Tempo would draw.
import { type OtlpReceiver, startOtlpReceiver } from '@delivery/otlp-receiver';
import {
  describeWaterfall,
  drawServiceGraph,
  type Export,
  findMissingParents,
  type ServiceGraph,
  type Span,
} from '@delivery/service-graph';
import { releaseTraceId } from '@delivery/telemetry/release';
import type { SandboxOptions } from '../../src/assemble/start-sandbox.ts';
import { type Harness, startHarness } from './harness.ts';

export interface Traced {
  harness: Harness;
  receiver: OtlpReceiver;
  /** The trace of a commit of the source repository. */
  traceOf(commit: string): ReleaseTrace;
  /** Resolves with the trace once it has a span of each name. */
  traceWith(commit: string, ...names: string[]): Promise<ReleaseTrace>;
  close(): Promise<void>;
}

export interface ReleaseTrace {
  traceId: string;
  spans: Span[];
  graph: ServiceGraph;
  /** `from -> to (how often)`, in alphabetical order. */
  edges: string[];
  missingParents: Span[];
  named(name: string): Span;
  /** The waterfall, for the message of a failed assertion. */
  picture: string;
}

export async function startTraced(options: Partial<SandboxOptions> = {}): Promise<Traced> {
  const receiver = await startOtlpReceiver();
  const harness = await startHarness({
    telemetry: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
    ...options,
  });
  const source = `${harness.sandbox.urls.github}/acme/todo`;
  const traceOf = (commit: string): ReleaseTrace => selectTrace(receiver.exports, releaseTraceId(source, commit));
  return {
    harness,
    receiver,
    traceOf,
    async traceWith(commit, ...names) {
      await harness.eventually(`the trace to have ${names.join(', ')}`, () => {
        const exported = new Set(traceOf(commit).spans.map(({ name }) => name));
        return names.every((name) => exported.has(name));
      });
      return traceOf(commit);
    },
    async close() {
      await harness.close();
      await receiver.stop();
    },
  };
}

export function selectTrace(exports: readonly Export[], traceId: string): ReleaseTrace {
  const own = exports.map((each) => ({ ...each, spans: each.spans.filter((span) => span.traceId === traceId) }));
  const spans = own.flatMap((each) => each.spans);
  const graph = drawServiceGraph(own);
  return {
    traceId,
    spans,
    graph,
    edges: graph.edges.map(({ client, server, requests }) => `${client} -> ${server} (${requests})`).sort(),
    missingParents: findMissingParents(spans),
    named(name) {
      const span = spans.find((candidate) => candidate.name === name);
      if (!span) throw new Error(`no span is called ${name}:\n${describeWaterfall(spans)}`);
      return span;
    },
    picture: describeWaterfall(spans),
  };
}
