// A span as a value: computed from what happened, not held open while it happens.
import type { Attributes } from '@opentelemetry/api';
import type { ReleaseRole } from './release-ids.ts';

export type RecordKind = 'INTERNAL' | 'SERVER' | 'CLIENT';

export interface SpanLink {
  traceId: string;
  spanId: string;
  attributes?: Attributes;
}

export interface SpanRecord {
  traceId: string;
  spanId: string;
  /** What it is about, whatever its name. */
  role: ReleaseRole;
  /** Undefined for the root of the trace. */
  parentSpanId: string | undefined;
  /** `service.name` of the resource: the node in the service graph. */
  service: string;
  /** Of low cardinality. */
  name: string;
  kind: RecordKind;
  /** Milliseconds since 1970. */
  startMs: number;
  endMs: number;
  attributes: Attributes;
  links: readonly SpanLink[];
  /** What went wrong; undefined when nothing did. */
  error: string | undefined;
}

/**
 * Sources give seconds and disagree by some: a span begins with or before its end, and nothing ends in the future. A time that nobody
 * gave (NaN) is the latest that it can be.
 */
export function clampTimes(startMs: number, endMs: number, nowMs: number): { startMs: number; endMs: number } {
  const end = Number.isFinite(endMs) ? endMs : nowMs;
  const start = Math.min(Number.isFinite(startMs) ? startMs : end, nowMs);
  return { startMs: start, endMs: Math.min(Math.max(start, end), nowMs) };
}
