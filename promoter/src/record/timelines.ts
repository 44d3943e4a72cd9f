// What this process knows of each release, for people: the spans of its trace. A view, not a state.
import type { SpanRecord } from '@delivery/telemetry/release';

export interface ReleaseStories {
  /** @returns those that were not known. */
  add(spans: readonly SpanRecord[]): SpanRecord[];
  /** In the order in which they began; undefined for a trace that nothing is known of. */
  story(traceId: string): readonly SpanRecord[] | undefined;
  /** Traces, the one that was told of last first. */
  recent(): readonly string[];
}

const MAX_TRACES = 300;
const MAX_SPANS_PER_TRACE = 2_000;

export function createReleaseStories(): ReleaseStories {
  const traces = new Map<string, Map<string, SpanRecord>>();
  return {
    add(spans) {
      const fresh = spans.filter(({ traceId, spanId }) => !traces.get(traceId)?.has(spanId));
      for (const span of spans) {
        const story = traces.get(span.traceId) ?? new Map<string, SpanRecord>();
        // The first telling is the exact one: later ones are made from what lasts.
        if (!story.has(span.spanId) && story.size < MAX_SPANS_PER_TRACE) story.set(span.spanId, span);
        traces.delete(span.traceId);
        traces.set(span.traceId, story);
      }
      while (traces.size > MAX_TRACES) {
        const [oldest] = traces.keys();
        if (oldest === undefined) break;
        traces.delete(oldest);
      }
      return fresh;
    },
    story(traceId) {
      const spans = traces.get(traceId);
      return spans && [...spans.values()].sort((one, other) => one.startMs - other.startMs || one.endMs - other.endMs);
    },
    recent: () => [...traces.keys()].reverse(),
  };
}
