import { describe, expect, it } from 'vitest';
import { parseFileDiffs } from './file-diff.ts';

const zero = '0'.repeat(40);
const one = '1'.repeat(40);
const two = '2'.repeat(40);

describe('the output of git diff', () => {
  it('is a file per path, with its status, its counts and the id of its new content', () => {
    const output = [
      `:100644 100644 ${one} ${two} M`,
      'a b.yaml',
      `:000000 100644 ${zero} ${one} A`,
      'logo.png',
      `:100644 000000 ${one} ${zero} D`,
      'gone.md',
      '3\t1\ta b.yaml',
      '-\t-\tlogo.png',
      '0\t7\tgone.md',
      '',
    ].join('\0');

    expect(parseFileDiffs(output)).toEqual([
      { path: 'a b.yaml', status: 'modified', additions: 3, deletions: 1, patch: '', oid: two },
      { path: 'logo.png', status: 'added', additions: 0, deletions: 0, patch: '', oid: one },
      { path: 'gone.md', status: 'removed', additions: 0, deletions: 7, patch: '', oid: null },
    ]);
  });

  it('may be empty', () => {
    expect(parseFileDiffs('')).toEqual([]);
  });
});
