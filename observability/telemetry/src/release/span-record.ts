// A span as a value: computed after the fact, not held open while something happens.
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
  /** The kind of step; the name may also contain details, such as the environment. */
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
  /** The error message; undefined where nothing failed. */
  error: string | undefined;
}

/**
 * Timestamps come from several clocks, some in whole seconds. A span must not end before it starts, and must not end in the future.
 * A time that is not known (NaN) becomes the latest possible one.
 */
export function clampTimes(startMs: number, endMs: number, nowMs: number): { startMs: number; endMs: number } {
  const end = Number.isFinite(endMs) ? endMs : nowMs;
  const start = Math.min(Number.isFinite(startMs) ? startMs : end, nowMs);
  return { startMs: start, endMs: Math.min(Math.max(start, end), nowMs) };
}
