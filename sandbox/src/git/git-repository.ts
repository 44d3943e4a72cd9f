// A bare repository on disk. Refs change only by compare-and-swap; objects are written by git itself.
import { mkdir } from 'node:fs/promises';
import { type Commit, type Person, type TreeEntry, parseCommit, parseTree, ZERO_OID } from './git-object.ts';
import { createObjectReader, type GitObject } from './object-reader.ts';
import { git, GitError, runGit } from './run-git.ts';

export interface FileChange {
  path: string;
  /** Null deletes the file. */
  content: Buffer | null;
  mode?: string;
}

export interface NewCommit {
  parent: string | null;
  changes: readonly FileChange[];
  message: string;
  author: Person;
  committer: Person;
}

export interface RefUpdate {
  ref: string;
  /** The value it must have; 40 zeros: it must not exist. */
  before: string;
  /** 40 zeros delete it. */
  after: string;
}

const MAX_TREES = 100;

export class StaleRefError extends Error {
  override name = 'StaleRefError';
}

export interface FileDiff {
  path: string;
  status: 'added' | 'removed' | 'modified';
  additions: number;
  deletions: number;
  patch: string;
  oid: string | null;
}

export type GitRepository = ReturnType<typeof openGitRepository>;

export async function initGitRepository(directory: string): Promise<GitRepository> {
  await mkdir(directory, { recursive: true });
  await git(directory, 'init', '--quiet', '--bare', '--initial-branch=main', '.');
  await git(directory, 'config', 'http.receivepack', 'true');
  await git(directory, 'config', 'transfer.hideRefs', 'refs/sandbox');
  await git(directory, 'config', 'core.compression', '0'); // a commit beside 10,000 folders rewrites a tree of 400 kB
  return openGitRepository(directory);
}

export function openGitRepository(directory: string) {
  const objects = createObjectReader(directory);
  let temporaryRefs = 0;
  /** Trees never change; the large ones are asked for once per file below them. */
  const trees = new Map<string, TreeEntry[]>();

  const read = (name: string): Promise<GitObject | undefined> => objects.read(name);

  async function commit(revision: string): Promise<Commit | undefined> {
    const object = await read(`${revision}^{commit}`);
    return object ? parseCommit(object.oid, object.content) : undefined;
  }

  async function refs(): Promise<Map<string, string>> {
    const lines = await git(directory, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags');
    return new Map(lines.split('\n').flatMap((line) => (line ? [line.split(' ') as [string, string]] : [])));
  }

  async function ref(name: string): Promise<string | undefined> {
    return (await read(name))?.oid;
  }

  /** All or none. @throws StaleRefError when one of them does not have its `before`. */
  async function updateRefs(updates: readonly RefUpdate[]): Promise<void> {
    const lines = updates.map(({ ref: name, before, after }) =>
      after === ZERO_OID ? `delete ${name} ${before}` : `update ${name} ${after} ${before}`,
    );
    try {
      await runGit(directory, ['update-ref', '--stdin'], { input: `start\n${lines.join('\n')}\nprepare\ncommit\n` });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw new StaleRefError(error.message, { cause: error });
    }
  }

  /** Writes a commit that no branch points to yet. Cost does not grow with the number of files beside the changed ones. */
  async function createCommit({ parent, changes, message, author, committer }: NewCommit): Promise<string> {
    temporaryRefs += 1;
    const temporary = `refs/sandbox/${process.pid}-${temporaryRefs}`;
    const seconds = (person: Person): string => `${Math.floor(Date.parse(person.date) / 1000)} +0000`;
    const parts: (string | Buffer)[] = [
      `commit ${temporary}\nmark :1\n`,
      `author ${author.name} <${author.email}> ${seconds(author)}\n`,
      `committer ${committer.name} <${committer.email}> ${seconds(committer)}\n`,
      `data ${Buffer.byteLength(message)}\n${message}\n`,
      parent ? `from ${parent}\n` : '',
    ];
    for (const { path, content, mode = '100644' } of changes) {
      if (content === null) parts.push(`D ${quote(path)}\n`);
      else parts.push(`M ${mode} inline ${quote(path)}\ndata ${content.length}\n`, content, '\n');
    }
    parts.push('get-mark :1\n', 'done\n');
    const input = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    const { output } = await runGit(directory, ['fast-import', '--quiet', '--done', '--cat-blob-fd=1'], { input });
    const oid = output.toString().trim();
    // Hidden from clones; whether it is gone a moment earlier or later matters to nobody.
    updateRefs([{ ref: temporary, before: oid, after: ZERO_OID }]).catch(() => undefined);
    return oid;
  }

  async function commitTree(
    tree: string,
    parents: readonly string[],
    message: string,
    author: Person,
    committer: Person,
  ) {
    const { output } = await runGit(directory, ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], {
      input: message,
      env: {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: author.date,
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: committer.date,
      },
    });
    return output.toString().trim();
  }

  /** The merge of two commits as a tree; undefined on conflict. */
  async function mergeTree(base: string, head: string): Promise<string | undefined> {
    const { output, exitCode } = await runGit(directory, ['merge-tree', '--write-tree', base, head], { accept: [1] });
    return exitCode === 0 ? output.toString().trim().split('\n')[0] : undefined;
  }

  async function log(revision: string, limit: number, path?: string, skip = 0): Promise<Commit[]> {
    const range = ['rev-list', `--max-count=${limit}`, `--skip=${skip}`, revision];
    const oids = await git(directory, ...range, ...(path ? ['--', path] : []));
    const commits = await Promise.all(
      oids
        .split('\n')
        .filter(Boolean)
        .map((oid) => commit(oid)),
    );
    return commits.filter((found) => found !== undefined);
  }

  async function aheadBehind(base: string, head: string): Promise<{ ahead: number; behind: number }> {
    const counts = await git(directory, 'rev-list', '--left-right', '--count', `${base}...${head}`);
    const [behind = 0, ahead = 0] = counts.split('\t').map(Number);
    return { ahead, behind };
  }

  /** `patches: false` saves a process per file. */
  async function diff(base: string, head: string, { patches = false } = {}): Promise<FileDiff[]> {
    const lines = await git(directory, 'diff', '--no-renames', '--raw', '--numstat', '--abbrev=40', '-z', base, head);
    const fields = lines.split('\0');
    const files = new Map<string, FileDiff>();
    for (let at = 0; at < fields.length; at += 1) {
      const field = fields[at] ?? '';
      const raw = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([AMDT])$/.exec(field);
      const counts = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(field);
      if (raw) {
        const path = fields[(at += 1)] ?? '';
        const status = raw[2] === 'A' ? 'added' : raw[2] === 'D' ? 'removed' : 'modified';
        files.set(path, {
          path,
          status,
          additions: 0,
          deletions: 0,
          patch: '',
          oid: status === 'removed' ? null : (raw[1] ?? ''),
        });
      } else if (counts) {
        const file = files.get(counts[3] ?? '');
        if (file) Object.assign(file, { additions: Number(counts[1]) || 0, deletions: Number(counts[2]) || 0 });
      }
    }
    for (const file of patches ? files.values() : []) {
      const patch = await git(directory, 'diff', '--no-renames', base, head, '--', file.path);
      file.patch = patch.slice(Math.max(patch.indexOf('\n@@') + 1, 0));
    }
    return [...files.values()];
  }

  return {
    directory,
    read,
    commit,
    refs,
    ref,
    updateRefs,
    createCommit,
    commitTree,
    mergeTree,
    log,
    aheadBehind,
    diff,
    async tree(revision: string): Promise<TreeEntry[] | undefined> {
      // `commit:path` names an object already; a revision still has to be peeled to its tree.
      const object = await read(revision.includes(':') ? revision : `${revision}^{tree}`);
      if (object?.type !== 'tree') return undefined;
      const known = trees.get(object.oid) ?? parseTree(object.content);
      trees.set(object.oid, known);
      const oldest = trees.keys().next().value;
      if (trees.size > MAX_TREES && oldest !== undefined) trees.delete(oldest);
      return known;
    },
    async mergeBase(one: string, other: string): Promise<string | undefined> {
      const { output, exitCode } = await runGit(directory, ['merge-base', one, other], { accept: [1] });
      return exitCode === 0 ? output.toString().trim() : undefined;
    },
    async archive(revision: string): Promise<Buffer> {
      return (await runGit(directory, ['archive', '--format=tar', revision])).output;
    },
    async writeObject(type: 'blob' | 'tree', content: Buffer): Promise<string> {
      const args = type === 'blob' ? ['hash-object', '-w', '--stdin'] : ['mktree', '-z'];
      return (await runGit(directory, args, { input: content })).output.toString().trim();
    },
    close: () => objects.close(),
  };
}

/** fast-import takes any path between quotes. */
function quote(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
