import { describe, expect, it } from 'vitest';
import { clampTimes, type SpanRecord } from './span-record.ts';
import { createSpanSpool } from './span-spool.ts';

const span = (spanId: string, traceId = 't'): SpanRecord => ({
  traceId,
  spanId,
  role: 'commit',
  parentSpanId: undefined,
  service: 'promoter',
  name: 'commit',
  kind: 'INTERNAL',
  startMs: 0,
  endMs: 0,
  attributes: {},
  links: [],
  error: undefined,
});

function spoolWith(send: (ids: string[]) => Promise<void> = () => Promise.resolve(), settings = {}) {
  const sent: string[][] = [];
  const outcomes: string[] = [];
  const spool = createSpanSpool({
    send(spans) {
      const ids = spans.map(({ spanId }) => spanId);
      sent.push(ids);
      return send(ids);
    },
    onOutcome: (outcome, spans) => outcomes.push(`${outcome} ${spans}`),
    ...settings,
  });
  return { spool, sent, outcomes };
}

describe('the spool', () => {
  it('exports groups that arrive together in one request, and never separates the two ends of a hop', async () => {
    const { spool, sent, outcomes } = spoolWith();
    spool.add([span('a'), span('b')]);
    spool.add([span('c')]);
    await spool.flush();

    expect(sent).toEqual([['a', 'b', 'c']]);
    expect(outcomes).toEqual(['exported 3']);
  });

  it('accepts each span once', async () => {
    const { spool, sent } = spoolWith();
    spool.add([span('a')]);
    await spool.flush();
    spool.add([span('a'), span('a', 'another trace'), span('b')]);
    await spool.flush();

    expect(sent).toEqual([['a'], ['a', 'b']]);
  });

  it('drops a whole group when it is full, and accepts it when it is added again', async () => {
    const { spool, sent, outcomes } = spoolWith(undefined, { maxSpans: 2 });
    spool.add([span('a')]);
    spool.add([span('b'), span('c')]);
    await spool.flush();
    spool.add([span('b'), span('c')]);
    await spool.flush();

    expect(sent).toEqual([['a'], ['b', 'c']]);
    expect(outcomes).toEqual(['dropped 2', 'exported 1', 'exported 2']);
  });

  it('counts spans in flight: a collector that does not answer does not fill the memory', async () => {
    const { promise: blocked, resolve: release } = Promise.withResolvers<void>();
    const { spool, outcomes } = spoolWith(() => blocked, { maxSpans: 2 });
    spool.add([span('a'), span('b')]);
    const sending = spool.flush();
    spool.add([span('c')]);
    release();
    await sending;

    expect(outcomes).toEqual(['dropped 1', 'exported 2']);
  });

  it('retries, then gives up without rejecting', async () => {
    const { spool, sent, outcomes } = spoolWith(() => Promise.reject(new Error('gone')));
    spool.add([span('a')]);
    await spool.flush();

    expect(sent).toHaveLength(3);
    expect(outcomes).toEqual(['failed 1']);
  });

  it('sends one request at a time', async () => {
    const { promise: blocked, resolve: release } = Promise.withResolvers<void>();
    const { spool, sent } = spoolWith(([id]) => (id === 'a' ? blocked : Promise.resolve()));
    spool.add([span('a')]);
    const first = spool.flush();
    spool.add([span('b')]);
    const second = spool.flush();
    await Promise.resolve();
    expect(sent).toEqual([['a']]);

    release();
    await Promise.all([first, second]);
    expect(sent).toEqual([['a'], ['b']]);
  });
});

describe('times from different clocks', () => {
  it.each([
    ['as they are', 1, 5, 10, 1, 5],
    ['an end before its start', 5, 1, 10, 5, 5],
    ['an end in the future', 1, 50, 10, 1, 10],
    ['a start in the future', 20, 30, 10, 10, 10],
    ['an unknown start', Number.NaN, 5, 10, 5, 5],
    ['an unknown end', 1, Number.NaN, 10, 1, 10],
  ])('%s', (_case, start, end, now, startMs, endMs) => {
    expect(clampTimes(start, end, now)).toEqual({ startMs, endMs });
  });
});
