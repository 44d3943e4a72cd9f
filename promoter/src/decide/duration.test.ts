import { expect, it } from 'vitest';
import { describeDuration } from './duration.ts';

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [59_949, '59.9 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3 * 86_400_000 + 4 * 3_600_000 + 59_000, '3 d 4 h'],
])('%i ms are %s', (ms, text) => {
  expect(describeDuration(ms)).toBe(text);
});
