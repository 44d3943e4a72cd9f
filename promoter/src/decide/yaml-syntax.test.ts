import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { describeSyntaxError, findDeepNesting } from './yaml-syntax.ts';

it.each([
  ['a: [1', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['a: "b', 'Missing closing "quote'],
  ['a: 1\na: 2', 'Map keys must be unique'],
])('of %j only what is wrong is said', (text, message) => {
  const [error] = parseDocument(text).errors;

  expect(error && describeSyntaxError(error)).toBe(message);
});

it.each([
  ['lists', `a: ${'['.repeat(100)}`, 3],
  ['mappings', '{ a: '.repeat(100), 0],
  ['items over lines', `a:\n${'- \n'.repeat(100)}`, 3],
  ['keys', '? '.repeat(100), 0],
  ['99 lists', '['.repeat(99), undefined],
  ['a line of dashes', `# ${'-'.repeat(500)}`, undefined],
  ['a long list', '- [a, b]\n'.repeat(500), undefined],
])('finds where %s begin within each other without end', (_case, text, offset) => {
  expect(findDeepNesting(text)).toBe(offset);
});
