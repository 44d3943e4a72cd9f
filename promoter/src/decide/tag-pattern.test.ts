import { describe, expect, it } from 'vitest';
import { parseTagPattern, type TagPattern } from './tag-pattern.ts';

const problemOf = (source: string): string => {
  const parsed = parseTagPattern(source);
  return 'problem' in parsed ? parsed.problem : '';
};
const patternOf = (source: string): TagPattern => {
  const parsed = parseTagPattern(source);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.pattern;
};

describe('the pattern of a pipeline’s tags', () => {
  it('gives the groups of a tag that matches', () => {
    const pattern = patternOf('^main-(?<number>\\d+)(?:-(?<commit>[0-9a-f]{7,40}))?$');

    expect(pattern.groups).toEqual(['number', 'commit']);
    expect(pattern.match('main-42-3f2a9c1')).toEqual({ number: '42', commit: '3f2a9c1' });
    expect(pattern.match('main-42')).toEqual({ number: '42', commit: undefined });
    expect(pattern.match('latest')).toBeUndefined();
  });

  it('matches anywhere where it has no anchors, as regular expressions do', () => {
    expect(patternOf('\\d').match('v1')).toEqual({});
  });

  it.each(['(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b'])('refuses the lookaround %s and says so', (source) => {
    expect(problemOf(source)).toMatch(/lookaround, which RE2 does not have/);
  });
  it.each(['(a)\\1', '(?<n>a)\\k<n>'])('refuses the backreference %s and says so', (source) => {
    expect(problemOf(source)).toMatch(/backreference, which RE2 does not have/);
  });
  it.each([
    ['((', /not a regular expression of RE2: .*\(\(/],
    ['[z-a]', /not a regular expression of RE2/],
    ['(a{1000}){1000}', /not a regular expression of RE2/],
    ['(a{100}){9}', /repeats too much/],
    ['a'.repeat(501), /501 characters/],
    ['', /is empty/],
    ['^(?<comit>.+)$', /group \(\?<comit>...\); did you mean commit\?/],
  ])('refuses %j', (source, reason) => {
    expect(problemOf(source)).toMatch(reason);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^([a-z]+)*\\d$', '(((a*)*)*)*!', '^(.*a){25}$'])(
    'matches in time that grows with the tag alone: %s',
    (source) => {
      const pattern = patternOf(source);
      const startedAt = performance.now();

      for (let length = 1; length <= 128; length += 1) pattern.match(`${'a'.repeat(length - 1)}?`);

      // Of 28 characters, RegExp takes 9 seconds with the first of them, and twice as long with every one more.
      expect(performance.now() - startedAt).toBeLessThan(9_000);
    },
  );

  it('matches no tag beyond the 128 characters that a registry takes', () => {
    expect(patternOf('^a+$').match('a'.repeat(128))).toEqual({});
    expect(patternOf('^a+$').match('a'.repeat(129))).toBeUndefined();
  });
});
