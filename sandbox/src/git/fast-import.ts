// A commit as `git fast-import` reads it: https://git-scm.com/docs/git-fast-import#_input_format
import type { Person } from './git-object.ts';

export interface FileChange {
  path: string;
  /** Null deletes the file. */
  content: Buffer | null;
  mode?: string;
}

export interface NewCommit {
  /** Null for the first commit. */
  parent: string | null;
  changes: readonly FileChange[];
  message: string;
  author: Person;
  committer: Person;
}

/** Returns the input that writes the commit to `ref` and prints its id. */
export function fastImport(ref: string, { parent, changes, message, author, committer }: NewCommit): Buffer {
  const parts: (string | Buffer)[] = [
    `commit ${ref}\nmark :1\n`,
    `author ${signature(author)}\n`,
    `committer ${signature(committer)}\n`,
    `data ${Buffer.byteLength(message)}\n${message}\n`,
  ];
  if (parent !== null) parts.push(`from ${parent}\n`);
  for (const { path, content, mode = '100644' } of changes) {
    if (content === null) parts.push(`D ${quote(path)}\n`);
    else parts.push(`M ${mode} inline ${quote(path)}\ndata ${content.length}\n`, content, '\n');
  }
  parts.push('get-mark :1\n', 'done\n');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

function signature({ name, email, date }: Person): string {
  return `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}

/** fast-import accepts any path in quotes. */
function quote(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
