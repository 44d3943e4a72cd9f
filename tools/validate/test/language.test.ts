import { describe, expect, it } from 'vitest';
import { findAvoided } from '../src/language/find-avoided.ts';

/** Examples are written in two parts: the check reads this file too. */
const join = (...parts: string[]): string => parts.join('');

describe('findAvoided', () => {
  it.each([
    [join('It t', 'ells the promoter.'), [join('t', 'ells')]],
    [join('onT', 'oldElsewhere(x)'), [join('T', 'old')]],
    [join('const T', 'ELLING = 1'), [join('T', 'ELLING')]],
    [join('t', 'ell-late.ts'), [join('t', 'ell')]],
    [join('l', 'andedMs + land', 'ingSpanId'), [join('l', 'anded'), join('land', 'ing')]],
    [join('pass', 'ageOf(release)'), [join('pass', 'age')]],
    [join('what is m', 'ended is m', 'ent'), [join('m', 'ended')]],
    [join('it ca', 'n not be read'), [join('ca', 'n not')]],
    [join('it ca', 'n\n * not be read'), [join('ca', 'n * not')]],
    [join('it ca', "n ' +\n  'not be read"), [join('ca', "n ' + 'not")]],
    [join('fo', 'r ever, an', 'ew'), [join('fo', 'r ever'), join('an', 'ew')]],
    [join('([it', 's way](url))'), [join('it', 's way')]],
    [join('| Wa', 'y so far |'), [join('Wa', 'y so far')]],
    [join('a wa', 'y back, and the wa', 'y of a release'), [join('wa', 'y back'), join('wa', 'y of')]],
  ])('finds in %j %j', (text, found) => {
    expect(findAvoided(text).map((each) => each.text)).toEqual(found);
  });

  it.each([
    'We recommend to amend it; dependencies append; the intelligent installer is an island.',
    'can: not, "can", "not"',
    'Can not approve your own pull request',
    'A renewed lease; forever; however; the landscape; role: land',
    'It is on its way. Two releases are on their\nway. She finds its way.',
    'by way of a proxy, never in the way of a request, the other way round, both ways',
    'sha512-9/tElL0dAnEwHyxYVeyVz==',
  ])('lets %j pass', (text) => {
    expect(findAvoided(text)).toEqual([]);
  });

  it('says on which line, and what to write instead', () => {
    expect(findAvoided(join('one\n\nthree is m', 'ended'))).toEqual([
      { line: 3, text: join('m', 'ended'), instead: 'fix' },
    ]);
  });
});
