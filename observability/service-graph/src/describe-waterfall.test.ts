import { describe, expect, it } from 'vitest';
import { describeWaterfall } from './describe-waterfall.ts';
import type { Span } from './read-otlp.ts';

const span = (spanId: string, parentSpanId: string | undefined, startMs: number, endMs: number): Span => ({
  traceId: 'a'.repeat(32),
  spanId,
  parentSpanId,
  name: spanId,
  kind: 'INTERNAL',
  startMs,
  endMs,
  isError: spanId === 'failed',
  attributes: {},
  service: 'todo',
  resource: {},
  links: [],
});

const lines = (spans: readonly Span[], nameWidth = 20): string[] => describeWaterfall(spans, { nameWidth }).split('\n');

describe('a waterfall', () => {
  it('has each span below its parent, by start, with a bar for its share of the time', () => {
    const spans = [
      span('root', undefined, 0, 3_200),
      span('late', 'root', 1_600, 3_200),
      span('early', 'root', 0, 100),
    ];

    expect(lines(spans)).toEqual([
      `todo: root               3.2 s |${'='.repeat(32)}|`,
      `  todo: early           100 ms |${'=='.padEnd(32)}|`,
      `  todo: late             1.6 s |${' '.repeat(16)}${'='.repeat(16)}|`,
    ]);
  });

  it('marks what failed, and shortens names that do not fit', () => {
    expect(lines([span('failed', undefined, 0, 90_000)], 10)).toEqual([`todo: fai…   1.5 min |${'!'.repeat(32)}|`]);
  });

  it('begins at spans whose parent is missing', () => {
    expect(lines([span('orphan', 'missing', 0, 7_200_000)])[0]).toContain('todo: orphan');
  });

  it('is empty without spans', () => {
    expect(describeWaterfall([])).toBe('');
  });
});
