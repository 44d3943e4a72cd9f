import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimDataFolder, removeDataFolder } from './data-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'data-folder-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

it('removes a folder that a sandbox claimed, with all that is in it', async () => {
  const folder = path.join(parent, 'new');
  await claimDataFolder(folder);
  await writeFile(path.join(folder, 'keys.json'), '{}');

  expect(await removeDataFolder(folder)).toBe(true);
  await expect(access(folder)).rejects.toThrow('ENOENT');
  expect(await removeDataFolder(folder)).toBe(false);
});

it('never removes a folder without the marker, nor claims one that holds something else', async () => {
  await writeFile(path.join(parent, 'thesis.txt'), 'years of work');

  await expect(claimDataFolder(parent)).rejects.toThrow(/thesis\.txt.*Set SANDBOX_DATA/);
  await expect(removeDataFolder(parent)).rejects.toThrow(/marker.*Set SANDBOX_DATA/);
  expect(await readdir(parent)).toEqual(['thesis.txt']);
});

it('claims again what it has claimed, and what a sandbox without a marker left', async () => {
  await writeFile(path.join(parent, 'keys.json'), '{}');

  await claimDataFolder(parent);
  await writeFile(path.join(parent, 'notes'), '');
  await claimDataFolder(parent);

  expect(await removeDataFolder(parent)).toBe(true);
});
