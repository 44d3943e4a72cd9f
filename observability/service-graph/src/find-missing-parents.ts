import type { Span } from './read-otlp.ts';

/** Spans that name a parent which is not among them: a trace with gaps. */
export function findMissingParents(spans: readonly Span[]): Span[] {
  const known = new Set(spans.map(({ traceId, spanId }) => `${traceId}-${spanId}`));
  return spans.filter(
    ({ traceId, parentSpanId }) => parentSpanId !== undefined && !known.has(`${traceId}-${parentSpanId}`),
  );
}
