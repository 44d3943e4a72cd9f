import { describe, expect, it } from 'vitest';
import { createDuplicates } from './duplicates.ts';

describe('what was recorded', () => {
  it('is recorded once, and again only after it was forgotten', () => {
    const { isFirst, forget } = createDuplicates();

    expect([isFirst('a'), isFirst('a'), isFirst('b')]).toEqual([true, false, true]);
    forget('a');
    forget('never seen');
    expect([isFirst('a'), isFirst('b')]).toEqual([true, false]);
  });

  it('is remembered within a bound: what was asked for longest ago goes first', () => {
    const { isFirst } = createDuplicates(2);
    isFirst('a');
    isFirst('b');
    isFirst('a'); // asked for again: b is the older one now
    isFirst('c');

    expect(isFirst('a')).toBe(false);
    expect(isFirst('b')).toBe(true);
  });
});
