// What this process knows of each release, for people: the spans of its trace. A view, not a state.
import type { SpanRecord } from '@delivery/telemetry/release';
import { LRUCache } from 'lru-cache';

export interface Timelines {
  add(spans: readonly SpanRecord[]): void;
  /** In the order in which they began; undefined for a trace that nothing is known of. */
  timeline(traceId: string): readonly SpanRecord[] | undefined;
  /** Traces, the one that was added to last first. */
  recent(): readonly string[];
}

const MAX_TRACES = 300;
const MAX_SPANS_PER_TRACE = 2_000;

export function createTimelines(): Timelines {
  const traces = new LRUCache<string, Map<string, SpanRecord>>({ max: MAX_TRACES });
  return {
    add(spans) {
      for (const span of spans) {
        const own = traces.get(span.traceId) ?? new Map<string, SpanRecord>();
        // The first is the exact one: later ones are made from what lasts.
        if (!own.has(span.spanId) && own.size < MAX_SPANS_PER_TRACE) own.set(span.spanId, span);
        traces.set(span.traceId, own);
      }
    },
    timeline(traceId) {
      const spans = traces.peek(traceId);
      return spans && [...spans.values()].sort((one, other) => one.startMs - other.startMs || one.endMs - other.endMs);
    },
    recent: () => [...traces.keys()],
  };
}
