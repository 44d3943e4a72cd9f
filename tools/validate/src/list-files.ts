import { glob } from 'node:fs/promises';
import path from 'node:path';

const SKIPPED = /(^|\/)(node_modules|\.git|\.turbo|\.sandbox|dist|coverage|\.terraform)(\/|$)/;

/** Files that match, relative to the root, in alphabetical order, without what is built or installed. */
export async function listFiles(root: string, ...patterns: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob(patterns, { cwd: root, exclude: (name) => SKIPPED.test(name) })) found.push(file);
  return found
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !SKIPPED.test(file))
    .sort();
}
