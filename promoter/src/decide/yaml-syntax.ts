import type { YAMLParseError } from 'yaml';

export const TOO_DEEP = 'is nested too deeply';

/** A hundred lists, mappings or keys that begin within each other. No file of people does; a parser takes long over thousands. */
const NESTED = /(?:(?:[[{]\s*|[-?]\s+)(?:[\w.-]{0,40}:\s*)?){100}/;

/** @returns the offset where nesting without end begins; undefined where there is none. */
export function findDeepNesting(text: string): number | undefined {
  return NESTED.exec(text)?.index;
}

/** The parser's message without the place, which is reported beside it, and without the excerpt. */
export function describeSyntaxError({ message }: YAMLParseError): string {
  const [first = message] = message.split('\n', 1);
  return first.replace(/ at line \d+.*$/, '');
}
