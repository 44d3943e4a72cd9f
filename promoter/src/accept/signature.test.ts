import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { secret } from '../config.ts';
import { createSignatureCheck, wellFormedSignature } from './signature.ts';

const sign = (text: string, key: string): string => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;

it.each([
  ['the current secret', 'the current one', true],
  ['the one before it', 'the previous one', true],
  ['any other', 'a third one', false],
])('a body that is signed with %s', async (_which, key, isSigned) => {
  const check = createSignatureCheck([secret('the current one'), secret('the previous one')]);
  const text = '{"zen":"Ünïcode, too"}';

  expect(await check(text, sign(text, key))).toBe(isSigned);
});

it('is not signed when a character differs, or when there is none', async () => {
  const check = createSignatureCheck([secret('the current one')]);

  expect(await check('{} ', sign('{}', 'the current one'))).toBe(false);
  expect(await check('', sign('', 'the current one'))).toBe(false);
});

it.each([
  undefined,
  '',
  'sha256=',
  `sha256=${'a'.repeat(63)}`,
  `sha256=${'a'.repeat(65)}`,
  `sha256=${'A'.repeat(64)}`,
  `sha1=${'a'.repeat(66)}`,
  `sha256=${'a'.repeat(63)}\n`,
  `sha256=${'a'.repeat(64)}, sha256=${'a'.repeat(64)}`,
])('%j is no signature', (header) => {
  expect(wellFormedSignature(header)).toBeUndefined();
});
