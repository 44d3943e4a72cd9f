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
  it('sends groups of one moment in one request, and the two ends of a hop never apart', async () => {
    const { spool, sent, outcomes } = spoolWith();
    spool.add([span('a'), span('b')]);
    spool.add([span('c')]);
    await spool.flush();

    expect(sent).toEqual([['a', 'b', 'c']]);
    expect(outcomes).toEqual(['exported 3']);
  });

  it('takes each span once', async () => {
    const { spool, sent } = spoolWith();
    spool.add([span('a')]);
    await spool.flush();
    spool.add([span('a'), span('a', 'another trace'), span('b')]);
    await spool.flush();

    expect(sent).toEqual([['a'], ['a', 'b']]);
  });

  it('drops a group as a whole when it is full, and takes it when it is told again', async () => {
    const { spool, sent, outcomes } = spoolWith(undefined, { maxSpans: 2 });
    spool.add([span('a')]);
    spool.add([span('b'), span('c')]);
    await spool.flush();
    spool.add([span('b'), span('c')]);
    await spool.flush();

    expect(sent).toEqual([['a'], ['b', 'c']]);
    expect(outcomes).toEqual(['dropped 2', 'exported 1', 'exported 2']);
  });

  it('counts what is on its way: a collector that does not answer fills no memory', async () => {
    const { promise: blocked, resolve: release } = Promise.withResolvers<void>();
    const { spool, outcomes } = spoolWith(() => blocked, { maxSpans: 2 });
    spool.add([span('a'), span('b')]);
    const sending = spool.flush();
    spool.add([span('c')]);
    release();
    await sending;

    expect(outcomes).toEqual(['dropped 1', 'exported 2']);
  });

  it('tries again, and gives up in the end without rejecting', async () => {
    const { spool, sent, outcomes } = spoolWith(() => Promise.reject(new Error('gone')));
    spool.add([span('a')]);
    await spool.flush();

    expect(sent).toHaveLength(3);
    expect(outcomes).toEqual(['failed 1']);
  });

  it('sends one request after the other', async () => {
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

describe('times of different clocks', () => {
  it.each([
    ['as they are', 1, 5, 10, 1, 5],
    ['an end before its start', 5, 1, 10, 5, 5],
    ['an end in the future', 1, 50, 10, 1, 10],
    ['a start in the future', 20, 30, 10, 10, 10],
    ['a start that nobody gave', Number.NaN, 5, 10, 5, 5],
    ['an end that nobody gave', 1, Number.NaN, 10, 1, 10],
  ])('%s', (_case, start, end, now, startMs, endMs) => {
    expect(clampTimes(start, end, now)).toEqual({ startMs, endMs });
  });
});
