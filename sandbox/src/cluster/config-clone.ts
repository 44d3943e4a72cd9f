// The agent's copy of a Git repository: fetched, never polled for files one by one.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openGitRepository } from '../git/git-repository.ts';
import { runGit } from '../git/run-git.ts';

export interface ConfigClone {
  /** Fetches, and tells where the revision is now. @throws GitError */
  fetch(revision: string): Promise<string>;
  readFile(commit: string, file: string): Promise<string | undefined>;
  close(): void;
}

/** @param mirrors where a prefix of the URL really leads, as git's `url.<base>.insteadOf`. */
export async function cloneRepository(
  url: string,
  directory: string,
  mirrors: Record<string, string>,
): Promise<ConfigClone> {
  const settings = Object.entries(mirrors).flatMap(([prefix, base]) => ['-c', `url.${base}.insteadOf=${prefix}`]);
  if (!(await stat(path.join(directory, 'HEAD')).catch(() => undefined))) {
    await mkdir(directory, { recursive: true });
    await runGit(directory, ['init', '--quiet', '--bare', '.']);
  }
  const git = openGitRepository(directory);
  // Several applications share the clone; git locks its refs while it fetches.
  let fetching: Promise<unknown> = Promise.resolve();
  return {
    async fetch(revision) {
      const before = fetching.catch(() => undefined);
      fetching = before.then(() =>
        runGit(directory, [...settings, 'fetch', '--quiet', '--prune', url, '+refs/heads/*:refs/heads/*']),
      );
      await fetching;
      const commit = await git.commit(revision === 'HEAD' ? 'refs/heads/main' : revision);
      if (!commit) throw new Error(`${url} has no revision ${revision}`);
      return commit.oid;
    },
    async readFile(commit, file) {
      return (await git.read(`${commit}:${file}`))?.content.toString();
    },
    close: () => git.close(),
  };
}
