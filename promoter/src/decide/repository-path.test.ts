import { describe, expect, it } from 'vitest';
import { parseRepositoryPath } from './repository-path.ts';

describe('a path in the config repository', () => {
  it.each([
    ['apps/dev.yaml', 'apps/dev.yaml'],
    ['./apps/dev.yaml', 'apps/dev.yaml'],
    ['apps//dev.yaml', 'apps/dev.yaml'],
    ['apps/./dev.yaml', 'apps/dev.yaml'],
    ['apps/x/../dev.yaml', 'apps/dev.yaml'],
    ['..dev.yaml', '..dev.yaml'],
    ['größe/日本.yaml', 'größe/日本.yaml'],
  ])('%s is %s', (text, path) => {
    expect(parseRepositoryPath(text)).toEqual({ path });
  });

  it.each([
    ['', /is empty/],
    ['  ', /is empty/],
    ['.', /names a folder/],
    ['apps/', /names a folder/],
    ['apps/..', /names a folder/],
    ['/apps/dev.yaml', /absolute path/],
    ['../dev.yaml', /leaves the config repository/],
    ['apps/../../dev.yaml', /leaves the config repository/],
    ['apps\\dev.yaml', /separate folders with \//],
    ['apps/\u0000.yaml', /control character/],
    ['apps/dev.yaml\n', /control character/],
  ])('refuses %j', (text, problem) => {
    expect(parseRepositoryPath(text)).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});
