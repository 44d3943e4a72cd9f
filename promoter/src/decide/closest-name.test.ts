import { expect, it } from 'vitest';
import { closestName, didYouMean } from './closest-name.ts';

it.each([
  ['ordr', 'order'],
  ['ORDER', 'order'],
  ['evironments', 'environments'],
  ['oredr', 'order'],
  ['x', undefined],
  ['something else', undefined],
  ['', undefined],
  ['order'.repeat(100), undefined],
])('%s is closest to %s', (written, name) => {
  expect(closestName(written, ['name', 'order', 'environments', 'order'.repeat(100)])).toBe(name);
});

it('makes a sentence of it', () => {
  expect(didYouMean('ordr', ['order'])).toBe('; did you mean order?');
  expect(didYouMean('zebra', ['order'])).toBe('');
});
