// Exports span records in groups: both ends of a hop leave in one request, so that Tempo pairs them even when other spans are late.
// The spool is in memory and bounded: an unreachable collector costs spans, never a promotion.
import type { SpanRecord } from './span-record.ts';

export interface SpanSpool {
  /** Accepts a group as a whole, or drops it as a whole when the spool is full. Spans that were accepted before are skipped. */
  add(group: readonly SpanRecord[]): void;
  /** Exports what is waiting. Never rejects. */
  flush(): Promise<void>;
}

export interface SpanSpoolDeps {
  /** Rejects when the collector did not accept them. Must have its own deadline. */
  send(spans: readonly SpanRecord[]): Promise<void>;
  onOutcome(outcome: 'exported' | 'failed' | 'dropped', spans: number, error?: unknown): void;
  maxSpans?: number;
  /** How many accepted spans are remembered, so that none is exported twice. */
  maxRemembered?: number;
  /** How long a group waits for others, to share a request. */
  delayMs?: number;
  attempts?: number;
}

export function createSpanSpool({
  send,
  onOutcome,
  maxSpans = 5_000,
  maxRemembered = 50_000,
  delayMs = 100,
  attempts = 3,
}: SpanSpoolDeps): SpanSpool {
  const accepted = new Set<string>();
  let waiting: SpanRecord[] = [];
  /** Spans that were passed to `send` and not answered yet: they count towards the limit too. */
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  const remember = ({ traceId, spanId }: SpanRecord): void => {
    accepted.add(`${traceId}-${spanId}`);
    const [oldest] = accepted;
    if (accepted.size > maxRemembered && oldest !== undefined) accepted.delete(oldest);
  };

  async function sendAll(spans: readonly SpanRecord[]): Promise<void> {
    await tryToSend(spans);
    inFlight -= spans.length;
  }

  async function tryToSend(spans: readonly SpanRecord[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await send(spans);
        onOutcome('exported', spans.length);
        return;
      } catch (error) {
        if (attempt < attempts) continue;
        onOutcome('failed', spans.length, error);
        return;
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const spans = waiting;
    waiting = [];
    if (spans.length > 0) {
      inFlight += spans.length;
      sending = sending.then(() => sendAll(spans));
    }
    return sending;
  }

  return {
    add(group) {
      const fresh = group.filter(({ traceId, spanId }) => !accepted.has(`${traceId}-${spanId}`));
      if (fresh.length === 0) return;
      if (waiting.length + inFlight + fresh.length > maxSpans) {
        onOutcome('dropped', fresh.length);
        return;
      }
      fresh.forEach(remember);
      waiting.push(...fresh);
      timer ??= setTimeout(() => void flush(), delayMs);
    },
    flush,
  };
}
