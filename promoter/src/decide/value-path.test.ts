import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { formatValuePath, parseValuePath } from './value-path.ts';

describe('the path of a value', () => {
  it.each([
    ['image', ['image']],
    ['web.image', ['web', 'image']],
    ['containers[0].image', ['containers', '0', 'image']],
    ['containers.0.image', ['containers', '0', 'image']],
    ['[2][0]', ['2', '0']],
    ['"a.b".image', ['a.b', 'image']],
    ["web.'a b'", ['web', 'a b']],
    [String.raw`a\.b.image`, ['a.b', 'image']],
    ['cert-manager.image', ['cert-manager', 'image']],
  ])('%s', (text, path) => {
    expect(parseValuePath(text)).toEqual(path);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a[b]', 'a[0', '"a', 'a"b"', '[0]a'])('%j is none', (text) => {
    expect(parseValuePath(text)).toBeUndefined();
  });

  it('is read as it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (path) => {
        expect(parseValuePath(formatValuePath(path))).toEqual(path);
      }),
    );
  });
});
