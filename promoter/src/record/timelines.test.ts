import { describe, expect, it } from 'vitest';
import { span, TRACE_ID } from '../../test/fixtures.ts';
import { createTimelines } from './timelines.ts';

const trace = (index: number): string => index.toString(16).padStart(32, '0');
const named = (name: string, startMs: number, endMs = startMs) => span('step', { spanId: name, name, startMs, endMs });

describe('the timeline of a release', () => {
  it('is what was recorded of it, in the order in which it began and then ended', () => {
    const timelines = createTimelines();
    timelines.add([named('c', 2, 4), named('b', 2, 3)]);
    timelines.add([named('a', 1, 9), span('push', { traceId: trace(2) })]);

    expect(timelines.timeline(TRACE_ID)?.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(timelines.timeline(trace(2))).toHaveLength(1);
    expect(timelines.timeline(trace(3))).toBeUndefined();
  });

  it('keeps the first that is recorded of a span, which is the exact one', () => {
    const timelines = createTimelines();
    const [exact, later] = [named('a', 1_001), named('a', 1_000)];
    timelines.add([exact, later]);
    timelines.add([later]);

    expect(timelines.timeline(TRACE_ID)).toEqual([exact]);
  });

  it('has a bound, and what is beyond it is left out', () => {
    const timelines = createTimelines();
    timelines.add(Array.from({ length: 2_005 }, (_, index) => named(`span ${index}`, index)));

    expect(timelines.timeline(TRACE_ID)).toHaveLength(2_000);
    expect(timelines.timeline(TRACE_ID)?.at(-1)?.name).toBe('span 1999');
  });
});

describe('recent releases', () => {
  it('are those that were added to last, not those that were looked at', () => {
    const timelines = createTimelines();
    for (const index of [1, 2, 3]) timelines.add([span('push', { traceId: trace(index) })]);
    timelines.add([span('run', { traceId: trace(1) })]);
    timelines.timeline(trace(2));

    expect(timelines.recent()).toEqual([trace(1), trace(3), trace(2)]);
  });

  it('are three hundred; the one that was not added to for longest is forgotten', () => {
    const timelines = createTimelines();
    for (let index = 0; index < 300; index += 1) timelines.add([span('push', { traceId: trace(index) })]);
    timelines.add([span('run', { traceId: trace(0) })]);
    timelines.add([span('push', { traceId: trace(300) })]);

    expect(timelines.recent()).toHaveLength(300);
    expect(timelines.timeline(trace(0))).toHaveLength(2);
    expect(timelines.timeline(trace(1))).toBeUndefined();
  });
});
