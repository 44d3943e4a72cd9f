import { Scalar } from 'yaml';
import { describe, expect, it } from 'vitest';
import { writeScalar } from './write-scalar.ts';

describe('the text of a scalar', () => {
  it.each(['v2', '1.2.3', 'main-7-3f2a9c1', '3f2a9c1', `sha256:${'ab'.repeat(32)}`, 'ghcr.io/acme/todo:v2@sha256:ab'])(
    '%s needs no quotes',
    (value) => {
      expect(writeScalar(Scalar.PLAIN, value)).toBe(value);
    },
  );

  it.each([
    ['a number', '1.10'],
    ['an exponent', '1e3'],
    ['digits', '7284872'],
    ['a leading zero', '0362525'],
    ['digits with an underscore', '20240101_1530'],
    ['a binary number', '0b10110'],
    ['a number of Go', '0X1F'],
    ['an octal number of Go', '0o1_7'],
    ['base 60', '1:30'],
    ['a day', '2024-01-01'],
    ['a truth', 'yes'],
    ['another truth', 'off'],
    ['nothing', 'null'],
    ['no text', ''],
    ['a comment', 'a #b'],
    ['a mapping', 'a: b'],
  ])('that would be read as %s gets them', (_what, value) => {
    expect(writeScalar(Scalar.PLAIN, value)).toBe(JSON.stringify(value));
  });

  it('keeps the quotes that it had', () => {
    expect(writeScalar(Scalar.QUOTE_SINGLE, "it's")).toBe("'it''s'");
    expect(writeScalar(Scalar.QUOTE_DOUBLE, 'v2')).toBe('"v2"');
    expect(writeScalar(Scalar.BLOCK_FOLDED, 'v2')).toBe('v2');
  });
});
