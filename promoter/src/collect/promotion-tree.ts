// What a repository's tree is after one file was edited, computed as Git does: the object id of every folder from the file up to the
// root. Equal ids are equal bytes, modes and paths, in all of the tree. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
import { createHash } from 'node:crypto';
import { FOLDER, isFile, REGULAR_FILE } from './file-mode.ts';

export interface TreeEntry {
  name: string;
  /** As Git has it: 0o100644 for a file, 0o40000 for a folder. */
  mode: number;
  oid: string;
}

/** A folder of the tree before the edit; the path of the root is empty. */
export interface Folder {
  path: string;
  entries: readonly TreeEntry[];
}

function objectId(kind: 'blob' | 'tree', content: Buffer): string {
  return createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex');
}

export const blobId = (text: string): string => objectId('blob', Buffer.from(text));

/** Git orders entries by their bytes, a folder as if its name ended with a slash. */
const sortKey = ({ name, mode }: TreeEntry): Buffer => Buffer.from(mode === FOLDER ? `${name}/` : name);

export function treeId(entries: readonly TreeEntry[]): string {
  const sorted = entries.toSorted((one, other) => Buffer.compare(sortKey(one), sortKey(other)));
  const content = sorted.map(({ name, mode, oid }) =>
    Buffer.concat([Buffer.from(`${mode.toString(8)} ${name}\0`), Buffer.from(oid, 'hex')]),
  );
  return objectId('tree', Buffer.concat(content));
}

/** The folders that hold a file, from the root to the nearest: `a/b/c.yaml` is in ``, `a` and `a/b`. */
export function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return ['', ...parts.map((_part, index) => parts.slice(0, index + 1).join('/'))];
}

/**
 * @param folders of the tree before the edit; every folder that holds the file.
 * @returns the id of the root after the edit of that file alone, which keeps its mode; undefined where the tree has no such file.
 */
export function editedTreeId(folders: readonly Folder[], file: string, text: string): string | undefined {
  const path = foldersOf(file);
  let edited: TreeEntry = { name: nameOf(file), mode: modeOf(folders, file) ?? REGULAR_FILE, oid: blobId(text) };
  if (!isFile(edited.mode)) return undefined;
  for (const [index, folder] of [...path.entries()].reverse()) {
    const entries = folders.find((candidate) => candidate.path === folder)?.entries;
    const before = entries?.find(({ name }) => name === edited.name);
    if (!entries || before?.mode !== edited.mode) return undefined;
    const id = treeId(entries.map((entry) => (entry === before ? edited : entry)));
    if (index === 0) return id;
    edited = { name: nameOf(folder), mode: FOLDER, oid: id };
  }
  return undefined;
}

/** Of a file in these folders; undefined where there is none. */
export function modeOf(folders: readonly Folder[], file: string): number | undefined {
  const folder = foldersOf(file).at(-1);
  const entries = folders.find(({ path }) => path === folder)?.entries;
  return entries?.find(({ name }) => name === nameOf(file))?.mode;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
