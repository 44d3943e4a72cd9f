import { expect, it } from 'vitest';
import { problemAt, whereIs } from './config-problem.ts';

const problem = { file: 'promotion.yaml', reason: 'is empty', pipeline: undefined, freezesAll: undefined };

it.each([
  [{ line: 3, column: 7 }, 'promotion.yaml:3:7'],
  [undefined, 'promotion.yaml'],
])('of a problem at %j it is said where', (place, where) => {
  expect(whereIs(problemAt(place, problem))).toBe(where);
});

it('is a line alone where no column is known', () => {
  expect(whereIs({ file: 'kustomization.yaml', line: 3, column: undefined })).toBe('kustomization.yaml:3');
});
