import { describe, expect, it } from 'vitest';
import { type Origin, ORIGINS } from './origins.ts';

describe('the origin of a hop', () => {
  const those = (effect: 'timeline' | 'export' | 'metrics' | 'pages'): string[] =>
    (Object.keys(ORIGINS) as Origin[]).filter((origin) => ORIGINS[origin][effect]).sort();

  it.each([
    ['timeline', 'which shows every hop', ['elsewhere', 'known', 'live', 'recovered']],
    ['export', 'where no other process does it', ['live', 'recovered']],
    ['metrics', 'which count what this process saw happen', ['elsewhere', 'live']],
    ['pages', 'which change with what this process saw happen', ['elsewhere', 'live']],
  ] as const)('decides about %s, %s', (effect, _why, origins) => {
    expect(those(effect)).toEqual(origins);
  });
});
