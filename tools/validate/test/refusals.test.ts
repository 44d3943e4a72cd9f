import { describe, expect, it } from 'vitest';
import { selectorsOf } from '../src/observability/grammar.ts';
import { acceptsEmpty, secondsOf } from '../src/observability/refusals.ts';

describe('a matcher', () => {
  it.each([
    ['=', '', true],
    ['=', 'todo', false],
    ['!=', 'todo', true],
    ['!=', '', false],
    ['=~', '.*', true],
    ['=~', '.+', false],
    ['=~', 'todo|', true],
    ['=~', 'todo|promoter', false],
    ['!~', 'todo', true],
    ['!~', '.*', false],
  ])('%s"%s" accepts a stream without the label: %s', (operator, value, accepts) => {
    expect(acceptsEmpty(operator, value)).toBe(accepts);
  });
});

it('is read from each selector of a query', () => {
  const query = 'sum(rate({a="x", b!~`y.*`} |= "{c=1}" | level=~"error" [1m])) / sum(rate({d=~"z"} [1m]))';

  expect(selectorsOf(query)).toEqual([
    [
      { label: 'a', operator: '=', value: 'x' },
      { label: 'b', operator: '!~', value: 'y.*' },
    ],
    [{ label: 'd', operator: '=~', value: 'z' }],
  ]);
});

it.each([
  ['now-6h', 21_600],
  ['now-30d', 2_592_000],
  ['720h', 2_592_000],
  ['0s', 0],
  ['now/d', undefined],
])('the range %s has %s seconds', (range, seconds) => {
  expect(secondsOf(range)).toBe(seconds);
});
