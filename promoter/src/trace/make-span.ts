// What every span of one trace has in common, and how a span of it is made.
import {
  clampTimes,
  type ReleaseRole,
  releaseSpanId,
  type SpanLink,
  type SpanRecord,
} from '@delivery/telemetry/release';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE } from './attributes.ts';

export interface TraceScope {
  traceId: string;
  /** On every span. */
  common: Attributes;
  /** When this is recorded: nothing ends later. */
  nowMs: number;
}

export interface SpanSketch {
  role: ReleaseRole;
  key: string;
  parent: string | undefined;
  service: string;
  name: string;
  kind?: SpanRecord['kind'];
  startMs: number;
  endMs: number;
  attributes?: Attributes;
  links?: readonly SpanLink[];
  error?: string | undefined;
}

export function makeSpan(scope: TraceScope, sketch: SpanSketch): SpanRecord {
  const { role, key, parent, service, name, kind = 'INTERNAL', startMs, endMs, attributes, links = [], error } = sketch;
  return {
    traceId: scope.traceId,
    spanId: releaseSpanId(scope.traceId, role, key),
    role,
    parentSpanId: parent,
    service,
    name,
    kind,
    ...clampTimes(startMs, endMs, scope.nowMs),
    attributes: { ...scope.common, ...attributes },
    links,
    error,
  };
}

interface End {
  role: ReleaseRole;
  service: string;
  name: string;
  startMs: number;
  attributes?: Attributes;
  links?: readonly SpanLink[];
}

export interface Arrow {
  key: string;
  parent: string | undefined;
  from: End;
  to: End;
  /** Of both: the caller waits for the callee. */
  endMs: number;
  error?: string | undefined;
}

/** One arrow of the service graph: a CLIENT span and, as its direct child, a SERVER span of another service, which end together. */
export function makeArrow(scope: TraceScope, { key, parent, from, to, endMs, error }: Arrow): [SpanRecord, SpanRecord] {
  const peer = { [ATTRIBUTE.peer]: to.service, [ATTRIBUTE.peerName]: to.service };
  const client = makeSpan(scope, {
    ...from,
    key,
    parent,
    kind: 'CLIENT',
    endMs,
    error,
    attributes: { ...from.attributes, ...peer },
  });
  const startMs = Math.max(client.startMs, to.startMs);
  return [client, makeSpan(scope, { ...to, key, parent: client.spanId, kind: 'SERVER', startMs, endMs, error })];
}
