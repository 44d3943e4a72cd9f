import { AVOIDED } from './words.ts';

interface Word {
  /** In lower case. */
  word: string;
  start: number;
  end: number;
}

export interface Found {
  line: number;
  /** As it is written. */
  text: string;
  instead: string;
}

/** The words of prose and of identifiers: `onReportLate` has three. */
function wordsOf(text: string): Word[] {
  return [...text.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)].map(({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

/** What separates two words of a sentence: a space or a line break, with the marks of a comment or the quotes of a literal there. */
const GAP = /^(?=.*\s)[\s*_/#>'"`+]*$/s;

function follows(words: readonly Word[], index: number, patterns: readonly RegExp[], text: string): boolean {
  return patterns.every((pattern, offset) => {
    const [before, word] = [words[index + offset - 1], words[index + offset]];
    if (!word || !pattern.test(word.word)) return false;
    return offset === 0 || (before !== undefined && GAP.test(text.slice(before.end, word.start)));
  });
}

/** How many characters before and after are compared with an idiom. */
const CONTEXT = 60;

/** Every avoided word of the text, with its line. */
export function findAvoided(text: string): Found[] {
  const words = wordsOf(text);
  const found: Found[] = [];
  words.forEach(({ start }, index) => {
    for (const avoided of AVOIDED) {
      if (!follows(words, index, avoided.words, text)) continue;
      const end = words[index + avoided.words.length - 1]?.end ?? start;
      if (avoided.notAfter?.test(text.slice(Math.max(0, start - CONTEXT), start))) continue;
      if (avoided.notBefore?.test(text.slice(end, end + CONTEXT))) continue;
      const line = text.slice(0, start).split('\n').length;
      found.push({ line, text: text.slice(start, end).replaceAll(/\s+/g, ' '), instead: avoided.instead });
    }
  });
  return found;
}
