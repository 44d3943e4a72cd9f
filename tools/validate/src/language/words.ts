// Words that a reader would have to learn here, and what everybody says instead. They are written so that this file has none of them.

export interface Avoided {
  /** Each matches one word in lower case; several match words that follow each other. */
  words: readonly RegExp[];
  /** Text before or after the words that makes them a common idiom. */
  notAfter?: RegExp;
  notBefore?: RegExp;
  instead: string;
}

const TIMELINE = 'timeline, promotion or rollback';

export const AVOIDED: readonly Avoided[] = [
  { words: [/^t(?:ell(?:s|ing)?|old)$/], instead: 'emit, record, report, export or say; of two things: distinguish' },
  { words: [/^p(?:assages?)$/], instead: 'promotion' },
  { words: [/^an(?:ew)$/], instead: 'again or from scratch' },
  {
    words: [/^can$/, /^not$/],
    notBefore: /^ \S+ your own pull request/, // an answer of GitHub's, quoted
    instead: 'cannot',
  },
  { words: [/^m(?:end(?:s|ed|ing)?)$/], instead: 'fix' },
  { words: [/^for$/, /^ever$/], instead: 'forever' },
  { words: [/^land(?:ed|ings?)$/], instead: 'commit, committed or merged' },
  { words: [/^(?:its|their|whole)$/, /^ways?$/], notAfter: /\b(?:on|finds?)\s+$/i, instead: TIMELINE },
  { words: [/^ways?$/, /^so$/, /^far$/], instead: TIMELINE },
  { words: [/^ways?$/, /^back$/], instead: TIMELINE },
  { words: [/^ways?$/, /^of$/], notAfter: /\b(?:by|in the)\s+$/i, instead: TIMELINE },
];
