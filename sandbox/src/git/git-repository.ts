// A bare repository on disk. Refs change only by compare-and-swap; objects are written by git itself.
import { mkdir } from 'node:fs/promises';
import { fastImport, type NewCommit } from './fast-import.ts';
import { type FileDiff, parseFileDiffs } from './file-diff.ts';
import { type Commit, type Person, type TreeEntry, parseCommit, parseTree, ZERO_OID } from './git-object.ts';
import { type BackendRequest, runHttpBackend } from './http-backend.ts';
import { createObjectReader } from './object-reader.ts';
import { git, type GitContext, GitError, runGit } from './run-git.ts';

export interface RefUpdate {
  ref: string;
  /** The value that the ref must have now; 40 zeros mean that it must not exist. */
  before: string;
  /** 40 zeros delete the ref. */
  after: string;
}

const MAX_TREES = 100;

export class StaleRefError extends Error {
  override name = 'StaleRefError';
}

export type GitRepository = ReturnType<typeof openGitRepository>;

export async function initGitRepository(context: GitContext): Promise<GitRepository> {
  await mkdir(context.directory, { recursive: true });
  await git(context, 'init', '--quiet', '--bare', '--initial-branch=main', '.');
  await git(context, 'config', 'http.receivepack', 'true');
  await git(context, 'config', 'transfer.hideRefs', 'refs/sandbox');
  await git(context, 'config', 'core.compression', '0'); // in a repository of 10,000 folders each commit rewrites a tree of 400 kB
  return openGitRepository(context);
}

export function openGitRepository(context: GitContext) {
  const objects = createObjectReader(context);
  let temporaryRefs = 0;
  /** Trees never change, so a large one is parsed once and not for every file in it. */
  const trees = new Map<string, TreeEntry[]>();

  /** Takes any revision or `commit:path`; resolves with undefined when there is no such object. */
  const read = (name: string) => objects.read(name);

  async function commit(revision: string): Promise<Commit | undefined> {
    const object = await read(`${revision}^{commit}`);
    return object ? parseCommit(object.oid, object.content) : undefined;
  }

  async function tree(revision: string): Promise<TreeEntry[] | undefined> {
    // `commit:path` already names an object; any other revision has to be peeled to its tree.
    const object = await read(revision.includes(':') ? revision : `${revision}^{tree}`);
    if (object?.type !== 'tree') return undefined;
    const known = trees.get(object.oid) ?? parseTree(object.content);
    trees.set(object.oid, known);
    const oldest = trees.keys().next().value;
    if (trees.size > MAX_TREES && oldest !== undefined) trees.delete(oldest);
    return known;
  }

  async function refs(): Promise<Map<string, string>> {
    const lines = await git(context, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags');
    return new Map(lines.split('\n').flatMap((line) => (line ? [line.split(' ') as [string, string]] : [])));
  }

  /** Updates all refs or none. @throws StaleRefError when one of them does not have its `before`. */
  async function updateRefs(updates: readonly RefUpdate[]): Promise<void> {
    const lines = updates.map(({ ref, before, after }) =>
      after === ZERO_OID ? `delete ${ref} ${before}` : `update ${ref} ${after} ${before}`,
    );
    try {
      await runGit(context, ['update-ref', '--stdin'], { input: `start\n${lines.join('\n')}\nprepare\ncommit\n` });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw new StaleRefError(error.message, { cause: error });
    }
  }

  /** Writes a commit that no branch points to yet. The cost depends on the changed files, not on the size of the tree. */
  async function createCommit(request: NewCommit): Promise<string> {
    temporaryRefs += 1;
    const temporary = `refs/sandbox/${process.pid}-${temporaryRefs}`;
    const args = ['fast-import', '--quiet', '--done', '--cat-blob-fd=1'];
    const { output } = await runGit(context, args, { input: fastImport(temporary, request) });
    const oid = output.toString().trim();
    // The temporary ref is hidden from clones, so its removal need not be awaited.
    updateRefs([{ ref: temporary, before: oid, after: ZERO_OID }]).catch(() => undefined);
    return oid;
  }

  async function commitTree(
    treeOid: string,
    parents: readonly string[],
    message: string,
    author: Person,
    committer: Person,
  ): Promise<string> {
    const args = ['commit-tree', treeOid, ...parents.flatMap((parent) => ['-p', parent])];
    const variables = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: author.date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: committer.date,
    };
    return (await runGit(context, args, { input: message, variables })).output.toString().trim();
  }

  /** Merges two commits into a tree; resolves with undefined on conflict. */
  async function mergeTree(base: string, head: string): Promise<string | undefined> {
    const { output, exitCode } = await runGit(context, ['merge-tree', '--write-tree', base, head], { accept: [1] });
    return exitCode === 0 ? output.toString().trim().split('\n')[0] : undefined;
  }

  async function mergeBase(one: string, other: string): Promise<string | undefined> {
    const { output, exitCode } = await runGit(context, ['merge-base', one, other], { accept: [1] });
    return exitCode === 0 ? output.toString().trim() : undefined;
  }

  async function log(revision: string, limit: number, path?: string, skip = 0): Promise<Commit[]> {
    const range = ['rev-list', `--max-count=${limit}`, `--skip=${skip}`, revision];
    const oids = await git(context, ...range, ...(path ? ['--', path] : []));
    const commits = await Promise.all(
      oids
        .split('\n')
        .filter(Boolean)
        .map((oid) => commit(oid)),
    );
    return commits.filter((found) => found !== undefined);
  }

  async function aheadBehind(base: string, head: string): Promise<{ ahead: number; behind: number }> {
    const counts = await git(context, 'rev-list', '--left-right', '--count', `${base}...${head}`);
    const [behind = 0, ahead = 0] = counts.split('\t').map(Number);
    return { ahead, behind };
  }

  /** Patches cost one process per file. */
  async function diff(base: string, head: string, { patches = false } = {}): Promise<FileDiff[]> {
    const format = ['--no-renames', '--raw', '--numstat', '--abbrev=40', '-z'];
    const files = parseFileDiffs(await git(context, 'diff', ...format, base, head));
    for (const file of patches ? files : []) {
      const patch = await git(context, 'diff', '--no-renames', base, head, '--', file.path);
      file.patch = patch.slice(Math.max(patch.indexOf('\n@@') + 1, 0));
    }
    return files;
  }

  return {
    read,
    commit,
    tree,
    refs,
    updateRefs,
    createCommit,
    commitTree,
    mergeTree,
    mergeBase,
    log,
    aheadBehind,
    diff,
    async ref(name: string): Promise<string | undefined> {
      return (await read(name))?.oid;
    },
    /** Returns a tar of the commit with its files below `prefix`. */
    async archive(revision: string, prefix: string): Promise<Buffer> {
      return (await runGit(context, ['archive', '--format=tar', `--prefix=${prefix}`, revision])).output;
    },
    async writeBlob(content: Buffer): Promise<string> {
      return (await runGit(context, ['hash-object', '-w', '--stdin'], { input: content })).output.toString().trim();
    },
    serveHttp: (request: BackendRequest): Promise<Response> => runHttpBackend(context, request),
    close: () => objects.close(),
  };
}
