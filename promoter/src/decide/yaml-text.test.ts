import { describe, expect, it } from 'vitest';
import { readYaml } from './yaml-text.ts';

const level = (name: string, of: string): string => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`;
const bomb = ['a: &a [x]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd'), level('f', 'e')].join(
  '\n',
);

describe('YAML that is read within bounds', () => {
  it('knows the places of values and keys, and of the nearest node above what is not there', () => {
    const yaml = readYaml('one:\n  - { two: 3 }\n');
    if ('reason' in yaml) throw new Error(yaml.reason);

    expect(yaml.value).toEqual({ one: [{ two: 3 }] });
    expect(yaml.placeOf(['one', 0, 'two'])).toEqual({ line: 2, column: 12 });
    expect(yaml.placeOf(['one', 0, 'two'], 'key')).toEqual({ line: 2, column: 7 });
    expect(yaml.placeOf(['one', 0, 'four'])).toEqual({ line: 2, column: 5 });
    expect(yaml.placeOf(['five', 'six'], 'key')).toEqual({ line: 1, column: 1 });
  });

  it('follows an alias', () => {
    expect(readYaml('a: &a [1]\nb: *a\n')).toMatchObject({ value: { a: [1], b: [1] } });
  });

  it.each([
    ['an alias without anchor', 'a: 1\nb: *x\n', { line: 2, column: 4 }, /alias \*x has no anchor &x above it/],
    ['an alias bomb', bomb, { line: 5, column: 28 }, /alias \*d repeats too much/],
    [
      'many aliases',
      `a: &a 1\nb:\n${'  - *a\n'.repeat(1_000)}`,
      { line: 103, column: 5 },
      /alias \*a repeats too much/,
    ],
    ['an alias within itself', 'a: &a [*a]\n', { line: 1, column: 8 }, /alias \*a repeats too much/],
    ['a merge key', 'x: &x { a: 1 }\ny:\n  <<: *x\n', { line: 3, column: 3 }, /merge keys \(<<\) are not supported/],
    ['a key that is written twice', 'a: 1\na: 2\n', { line: 2, column: 1 }, /key a is written twice/],
    ['a key that is a list', '{ ? [a] : b }\n', { line: 1, column: 5 }, /a key is a list/],
    ['a tab', 'a:\n\tb: 1\n', { line: 2, column: 1 }, /tab/i],
    ['several documents', 'a: 1\n---\nb: 1\n', { line: 2, column: 1 }, /multiple documents/],
  ])('says where and what is wrong: %s', (_case, text, place, reason) => {
    expect(readYaml(text)).toEqual({ place, reason: expect.stringMatching(reason) as string });
  });

  it.each([
    ['lists', '['.repeat(5_000)],
    ['mappings', '{ a: '.repeat(5_000)],
    ['blocks', '- '.repeat(5_000)],
    ['keys', '? '.repeat(5_000)],
  ])('refuses %s that are nested too deeply', (_case, text) => {
    expect(readYaml(text)).toMatchObject({ reason: 'is nested too deeply' });
  });

  it('refuses what is too long', () => {
    expect(readYaml('#'.repeat(600_000))).toMatchObject({ reason: expect.stringContaining('more than') as string });
  });
});
