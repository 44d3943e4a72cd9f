import type { Span } from './read-otlp.ts';

/** Spans whose parent is missing: the trace has a gap there. */
export function findMissingParents(spans: readonly Span[]): Span[] {
  const known = new Set(spans.map(({ traceId, spanId }) => `${traceId}-${spanId}`));
  return spans.filter(
    ({ traceId, parentSpanId }) => parentSpanId !== undefined && !known.has(`${traceId}-${parentSpanId}`),
  );
}
