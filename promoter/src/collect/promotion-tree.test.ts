import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assert, constantFrom, integer, nat, property, record, string, uniqueArray } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobId, editedTreeId, type Folder, foldersOf, type TreeEntry, treeId } from './promotion-tree.ts';

const FILE = 'apps/todo/overlays/dev/kustomization.yaml';

describe('the tree that Git itself makes', () => {
  let repository: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: repository })
      .toString()
      .trim();
  const folder = (at: string, commit: string): Folder => ({
    path: at,
    entries: git('ls-tree', '-z', at === '' ? commit : `${commit}:${at}`)
      .split('\0')
      .filter(Boolean)
      .map((line): TreeEntry => {
        const [, mode = '', oid = '', name = ''] = /^(\d+) \w+ (\w+)\t(.+)$/s.exec(line) ?? [];
        return { name, mode: Number.parseInt(mode, 8), oid };
      }),
  });

  beforeAll(() => {
    repository = mkdtempSync(path.join(tmpdir(), 'promotion-tree-'));
    git('init', '--quiet');
    for (const [name, text] of Object.entries({
      [FILE]: 'images: []\n',
      'apps/todo/overlays/dev.yaml': 'a file that sorts beside a folder\n',
      'apps/todo/overlays/dev-2/x.yaml': '',
      'apps/größe/日本.yaml': 'x\n',
      'README.md': '# config\n',
    })) {
      mkdirSync(path.dirname(path.join(repository, name)), { recursive: true });
      writeFileSync(path.join(repository, name), text);
    }
    chmodSync(path.join(repository, 'README.md'), 0o755);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'before');
  });
  afterAll(() => rmSync(repository, { recursive: true }));

  it('has the ids that are computed here, before an edit and after it', () => {
    const folders = foldersOf(FILE).map((at) => folder(at, 'HEAD'));
    for (const { path: at, entries } of folders)
      expect(treeId(entries)).toBe(git('rev-parse', at === '' ? 'HEAD^{tree}' : `HEAD:${at}`));
    const text = 'images:\n  - newTag: größer\n';
    writeFileSync(path.join(repository, FILE), text);
    git('commit', '--quiet', '--all', '--message', 'after');

    expect(blobId(text)).toBe(git('rev-parse', `HEAD:${FILE}`));
    expect(editedTreeId(folders, FILE, text)).toBe(git('rev-parse', 'HEAD^{tree}'));
  });
});

const oid = (seed: number): string => seed.toString(16).padStart(40, '0');
const entry = record({
  name: string({ minLength: 1, maxLength: 12 }).filter((name) => !/[/\0]/.test(name)),
  mode: constantFrom(0o100644, 0o100755, 0o120000, 0o160000, 0o40000),
  oid: nat().map(oid),
});
const entries = uniqueArray(entry, { maxLength: 8, selector: ({ name }) => name });
const withFile =
  (name: string, mode: number) =>
  (others: TreeEntry[]): TreeEntry[] => [...others.filter((other) => other.name !== name), { name, mode, oid: oid(1) }];

/** The root that a branch has whose folders are these; ids are made from the bottom up. */
function rootOf([root, inner]: readonly [TreeEntry[], TreeEntry[]]): string {
  return treeId(
    root.map((one) => (one.name === 'apps' && one.mode === 0o40000 ? { ...one, oid: treeId(inner) } : one)),
  );
}

describe('any other tree', () => {
  it('is recognised, whatever byte, mode or path of it differs', () => {
    assert(
      property(
        entries.map(withFile('apps', 0o40000)),
        entries.chain((others) => constantFrom(0o100644, 0o100755).map((mode) => withFile('dev.yaml', mode)(others))),
        string(),
        integer({ min: 0, max: 5 }),
        nat(),
        (root, inner, text, how, which) => {
          const folders: Folder[] = [
            { path: '', entries: root },
            { path: 'apps', entries: inner },
          ];
          const edited = inner.map((one) => (one.name === 'dev.yaml' ? { ...one, oid: blobId(text) } : one));
          const expected = editedTreeId(folders, 'apps/dev.yaml', text);
          expect(expected).toBe(rootOf([root, edited]));
          expect(expected).not.toBe(rootOf(change([root, edited], how, which)));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['has no such file', 'apps/prod.yaml', 0o100644],
    ['has a folder in its place', 'apps/dev.yaml', 0o40000],
    ['has a symbolic link in its place', 'apps/dev.yaml', 0o120000],
  ])('that %s has no edit', (_what, file, mode) => {
    const folders: Folder[] = [
      { path: '', entries: [{ name: 'apps', mode: 0o40000, oid: oid(2) }] },
      { path: 'apps', entries: [{ name: 'dev.yaml', mode, oid: oid(1) }] },
    ];

    expect(editedTreeId(folders, file, 'x')).toBeUndefined();
    expect(editedTreeId([], file, 'x')).toBeUndefined();
  });
});

/** One thing of a tree is another: a byte of a file, a mode, a name, a file more, a file less, in one of two folders. */
function change(
  [root, inner]: readonly [TreeEntry[], TreeEntry[]],
  how: number,
  which: number,
): readonly [TreeEntry[], TreeEntry[]] {
  const inRoot = which % 2 === 0;
  const at = inRoot ? root : inner;
  const index = which % at.length;
  // The id of a folder on the path follows from what is in it: there only name and mode can differ by themselves.
  const isOnPath = inRoot && at[index]?.name === 'apps';
  const changed = at.flatMap((one, position): TreeEntry[] => {
    if (position !== index) return [one];
    if (how === 0 && !isOnPath)
      return [{ ...one, oid: `f${one.oid.slice(1)}` === one.oid ? oid(7) : `f${one.oid.slice(1)}` }];
    if (how <= 1) return [{ ...one, mode: one.mode === 0o100644 ? 0o100755 : 0o100644 }];
    if (how === 2) return [{ ...one, name: `${one.name}x` }];
    if (how === 3) return [];
    return [one, { name: `${one.name}y`, mode: 0o100644, oid: oid(9) }];
  });
  return inRoot ? [changed, inner] : [root, changed];
}
