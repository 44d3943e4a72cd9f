import { describe, expect, it } from 'vitest';
import { span } from '../../test/fixtures.ts';
import { ATTRIBUTE, textOf } from './attributes.ts';

describe('the text of an attribute', () => {
  it.each([
    ['text', 'main-1', 'main-1'],
    ['empty text', '', undefined],
    ['a number', 7, undefined],
    ['a list', ['main-1'], undefined],
    ['nothing', undefined, undefined],
  ])('is read only where it is text: %s', (_case, value, expected) => {
    expect(
      textOf(span('push', { attributes: { [ATTRIBUTE.artifactVersion]: value } }), ATTRIBUTE.artifactVersion),
    ).toBe(expected);
  });
});

describe('the names of attributes', () => {
  it('are all different', () => {
    const names = Object.values(ATTRIBUTE);

    expect(new Set(names).size).toBe(names.length);
  });
});
