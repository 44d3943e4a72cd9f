import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { describeSyntaxError } from './yaml-syntax.ts';

it.each([
  ['a: [1', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ['a: "b', 'Missing closing "quote'],
  ['a: 1\na: 2', 'Map keys must be unique'],
])('of %j only what is wrong is said', (text, message) => {
  const [error] = parseDocument(text).errors;

  expect(error && describeSyntaxError(error)).toBe(message);
});
