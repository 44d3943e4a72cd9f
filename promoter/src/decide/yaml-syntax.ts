import type { YAMLParseError } from 'yaml';

/** The parser's message without the place, which is reported beside it, and without the excerpt. */
export function describeSyntaxError({ message }: YAMLParseError): string {
  const [first = message] = message.split('\n', 1);
  return first.replace(/ at line \d+.*$/, '');
}
