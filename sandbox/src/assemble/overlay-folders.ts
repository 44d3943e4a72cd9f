import type { GitRepository } from '../git/git-repository.ts';

/** The folders of every overlay at the head of main, as the ApplicationSet's generator lists them. */
export async function overlayFolders(git: GitRepository): Promise<string[]> {
  const namesIn = async (folder: string): Promise<string[]> =>
    ((await git.tree(`refs/heads/main:${folder}`)) ?? []).map(({ name }) => name);
  const folders: string[] = [];
  for (const app of await namesIn('apps'))
    for (const overlay of await namesIn(`apps/${app}/overlays`)) folders.push(`apps/${app}/overlays/${overlay}`);
  return folders;
}
