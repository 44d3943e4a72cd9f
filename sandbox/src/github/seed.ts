// The initial state: one organization, its people, an App, and the repositories.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ZERO_OID } from '../git/git-object.ts';
import type { FileChange } from '../git/fast-import.ts';
import { type Hub, now, personOf } from './hub.ts';
import { DEVELOPER, PEOPLE } from './people.ts';
import { fullName, type Repository } from './world.ts';

export interface SeedRepository {
  name: string;
  description: string;
  /** The folder whose files become the first commit. */
  folder: string;
  message: string;
  /** Changes a file before it is committed; undefined omits it. */
  transform?: (file: string, content: Buffer) => Buffer | undefined;
}

export interface Seed {
  organization: string;
  repositories: readonly SeedRepository[];
}

const SKIPPED = new Set(['node_modules', '.turbo', 'coverage', 'data', 'test-results.json', '.sandbox']);

export async function seedWorld(
  hub: Hub,
  seed: Seed,
  createGit: (repository: Repository) => Promise<void>,
): Promise<void> {
  const { world, newId, save } = hub.store;
  if (world.accounts.length === 0) {
    world.accounts.push({ id: newId(), login: seed.organization, name: 'Acme', type: 'Organization' });
    world.accounts.push({ id: newId(), login: `${hub.app.slug}[bot]`, name: `${hub.app.slug}[bot]`, type: 'Bot' });
    world.accounts.push({ id: newId(), login: 'github-actions[bot]', name: 'github-actions[bot]', type: 'Bot' });
    for (const { login, name } of PEOPLE) world.accounts.push({ id: newId(), login, name, type: 'User' });
    for (const slug of new Set(PEOPLE.flatMap(({ team }) => team ?? []))) {
      const members = PEOPLE.filter(({ team }) => team === slug).map(({ login }) => login);
      world.teams.push({ id: newId(), organization: seed.organization, slug, name: slug.replace('-', ' '), members });
    }
  }
  for (const wanted of seed.repositories) {
    if (world.repositories.some((repository) => fullName(repository) === `${seed.organization}/${wanted.name}`))
      continue;
    const repository: Repository = {
      id: newId(),
      owner: seed.organization,
      name: wanted.name,
      description: wanted.description,
      defaultBranch: 'main',
      deleteBranchOnMerge: true,
      createdAt: now(hub),
      pushedAt: now(hub),
      collaborators: Object.fromEntries(PEOPLE.map(({ login, permission }) => [login, permission])),
      nextNumber: 0,
    };
    await createGit(repository);
    world.repositories.push(repository);
    await firstCommit(hub, repository, wanted);
  }
  save();
}

/** The first commit sends no events and builds no image. */
async function firstCommit(
  hub: Hub,
  repository: Repository,
  { folder, message, transform }: SeedRepository,
): Promise<void> {
  const changes: FileChange[] = [];
  for (const file of await filesOf(folder)) {
    const content = await readFile(path.join(folder, file));
    const seeded = transform ? transform(file, content) : content;
    if (seeded) changes.push({ path: file, content: seeded });
  }
  const founder = hub.store.world.accounts.find(({ login }) => login === DEVELOPER.login);
  if (!founder) throw new Error(`${DEVELOPER.login} has no account`);
  const author = personOf(hub, founder);
  const git = hub.gitOf(repository);
  const after = await git.createCommit({ parent: null, changes, message, author, committer: author });
  await git.updateRefs([{ ref: `refs/heads/${repository.defaultBranch}`, before: ZERO_OID, after }]);
}

async function filesOf(folder: string, prefix = ''): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(path.join(folder, prefix), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const name = path.posix.join(prefix, entry.name);
    if (entry.isDirectory()) files.push(...(await filesOf(folder, name)));
    else if (entry.isFile()) files.push(name);
  }
  return files.sort();
}
