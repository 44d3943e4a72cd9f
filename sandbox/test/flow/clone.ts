// A clone of the config repository in somebody's hands: what anybody with write access can do with plain Git.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cloneUrl } from '../../src/github/callers.ts';

export interface Clone {
  /** @returns what git printed. */
  git(...args: string[]): Promise<string>;
  edit(file: string, change: (text: string) => string): Promise<void>;
  remove(): Promise<void>;
}

/** @param repositoryPage https://host/owner/name. @param author of the clone's commits, `Name <address>`, whoever pushes them. */
export async function cloneAs(
  login: string,
  repositoryPage: string,
  author = `${login} <${login}@example.org>`,
): Promise<Clone> {
  const directory = await mkdtemp(path.join(tmpdir(), 'clone-'));
  const [, name = login, email = ''] = /^(.+) <(.+)>$/.exec(author) ?? [];
  const identity = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  const git: Clone['git'] = async (...args) => {
    const { stdout } = await promisify(execFile)('git', args, { cwd: directory, env: { ...process.env, ...identity } });
    return stdout.trim();
  };
  await git('clone', '--quiet', cloneUrl(repositoryPage, login), '.');
  return {
    git,
    async edit(file, change) {
      const full = path.join(directory, file);
      await writeFile(full, change(await readFile(full, 'utf8').catch(() => '')));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
