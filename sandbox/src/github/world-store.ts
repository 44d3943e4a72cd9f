// Keeps the world in one file.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { World } from './world.ts';

const EMPTY: World = {
  nextId: 1000,
  accounts: [],
  teams: [],
  repositories: [],
  pullRequests: [],
  reviews: [],
  comments: [],
  checkRuns: [],
  statuses: [],
  workflowRuns: [],
  packageVersions: [],
  deployments: [],
  hooks: [],
  signedCommits: [],
};

export interface WorldStore {
  readonly world: World;
  newId(): number;
  /** Schedules a write; several changes in a row are written once. */
  save(): void;
  flush(): Promise<void>;
}

/** Loads `directory/world.json`, or starts empty. */
export async function openWorld(directory: string): Promise<WorldStore> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'world.json');
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const world: World = { ...structuredClone(EMPTY), ...(JSON.parse(stored) as Partial<World>) };
  let writing: Promise<void> = Promise.resolve();
  let scheduled = false;

  const write = async (): Promise<void> => {
    scheduled = false;
    const temporary = `${file}.new`;
    await writeFile(temporary, JSON.stringify(world));
    await rename(temporary, file);
  };
  const save = (): void => {
    if (scheduled) return;
    scheduled = true;
    writing = writing.then(write);
  };

  return {
    world,
    newId: () => (world.nextId += 1),
    save,
    async flush() {
      save();
      await writing;
    },
  };
}
