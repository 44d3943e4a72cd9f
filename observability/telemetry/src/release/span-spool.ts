// Sends span records in groups: what belongs to one hop leaves in one request, so that Tempo pairs it however late the rest is.
// In memory and bounded; a collector that is gone costs spans, never a promotion.
import type { SpanRecord } from './span-record.ts';

export interface SpanSpool {
  /** Takes a group as a whole, or drops it as a whole when the spool is full. Spans that were taken before are left out. */
  add(group: readonly SpanRecord[]): void;
  /** Sends what waits. Never rejects. */
  flush(): Promise<void>;
}

export interface SpanSpoolDeps {
  /** Rejects when the collector did not take them. Has a deadline of its own. */
  send(spans: readonly SpanRecord[]): Promise<void>;
  onOutcome(outcome: 'exported' | 'failed' | 'dropped', spans: number, error?: unknown): void;
  maxSpans?: number;
  /** Of spans that were taken: so many are remembered, to send none twice. */
  maxRemembered?: number;
  /** How long a group waits for others of the same moment. */
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
  const taken = new Set<string>();
  let waiting: SpanRecord[] = [];
  /** Spans that were handed to `send` and not answered yet: they count against the bound too. */
  let underway = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  const remember = ({ traceId, spanId }: SpanRecord): void => {
    taken.add(`${traceId}-${spanId}`);
    const [oldest] = taken;
    if (taken.size > maxRemembered && oldest !== undefined) taken.delete(oldest);
  };

  async function sendAll(spans: readonly SpanRecord[]): Promise<void> {
    await tryToSend(spans);
    underway -= spans.length;
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
      underway += spans.length;
      sending = sending.then(() => sendAll(spans));
    }
    return sending;
  }

  return {
    add(group) {
      const fresh = group.filter(({ traceId, spanId }) => !taken.has(`${traceId}-${spanId}`));
      if (fresh.length === 0) return;
      if (waiting.length + underway + fresh.length > maxSpans) {
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
