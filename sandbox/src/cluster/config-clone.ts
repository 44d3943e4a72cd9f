// The agent's clone of a Git repository.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openGitRepository } from '../git/git-repository.ts';
import { type GitContext, runGit } from '../git/run-git.ts';

export interface ConfigClone {
  /** Fetches, and returns the commit of a revision. @throws GitError */
  fetch(revision: string): Promise<string>;
  readFile(commit: string, file: string): Promise<string | undefined>;
  close(): void;
}

/** @param mirrors replaces prefixes of URLs, as git's `url.<base>.insteadOf` does. */
export async function cloneRepository(
  url: string,
  context: GitContext,
  mirrors: Record<string, string>,
): Promise<ConfigClone> {
  const settings = Object.entries(mirrors).flatMap(([prefix, base]) => ['-c', `url.${base}.insteadOf=${prefix}`]);
  if (!(await stat(path.join(context.directory, 'HEAD')).catch(() => undefined))) {
    await mkdir(context.directory, { recursive: true });
    await runGit(context, ['init', '--quiet', '--bare', '.']);
  }
  const git = openGitRepository(context);
  // Several applications share the clone; git locks its refs while it fetches.
  let fetching: Promise<unknown> = Promise.resolve();
  return {
    async fetch(revision) {
      const before = fetching.catch(() => undefined);
      fetching = before.then(() =>
        runGit(context, [...settings, 'fetch', '--quiet', '--prune', url, '+refs/heads/*:refs/heads/*']),
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
