import { describe, expect, it } from 'vitest';
import { parseCommit, parseTree, splitMessage } from './git-object.ts';

const tree = 'a'.repeat(40);
const commitOf = (author: string): Buffer =>
  Buffer.from(`tree ${tree}\nauthor ${author}\ncommitter Bo <bo@x> 1700000000 +0100\n\nfeat: x\n\nKey: value\n`);

describe('a commit', () => {
  it('has its tree, people, times in UTC and message', () => {
    expect(parseCommit('c', commitOf('Ann <ann@x> 1600000000 -0500'))).toEqual({
      oid: 'c',
      tree,
      parents: [],
      author: { name: 'Ann', email: 'ann@x', date: '2020-09-13T12:26:40Z' },
      committer: { name: 'Bo', email: 'bo@x', date: '2023-11-14T22:13:20Z' },
      message: 'feat: x\n\nKey: value',
    });
  });

  it('may have an author line that does not parse', () => {
    expect(parseCommit('c', commitOf('nobody')).author).toEqual({
      name: 'nobody',
      email: '',
      date: '1970-01-01T00:00:00Z',
    });
  });

  it('without a tree is an error', () => {
    expect(() => parseCommit('c', Buffer.from('author Ann <ann@x> 1 +0000\n\nx'))).toThrow('commit c has no tree');
  });
});

describe('a message', () => {
  it.each([
    ['feat: x', 'feat: x', ''],
    ['feat: x\n\nwhy\n\nKey: value\n', 'feat: x', 'why\n\nKey: value'],
    ['', '', ''],
  ])('%j is a headline and a body', (message, headline, body) => {
    expect(splitMessage(message)).toEqual({ headline, body });
  });
});

describe('a tree', () => {
  it('lists files, folders and submodules', () => {
    const entry = (mode: string, name: string): Buffer =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, 0xab)]);
    const entries = parseTree(Buffer.concat([entry('100644', 'a b'), entry('40000', 'dir'), entry('160000', 'sub')]));

    expect(entries.map(({ mode, type, name }) => `${mode} ${type} ${name}`)).toEqual([
      '100644 blob a b',
      '040000 tree dir',
      '160000 commit sub',
    ]);
    expect(entries[0]?.oid).toBe('ab'.repeat(20));
  });
});
