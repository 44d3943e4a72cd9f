// Git's object formats, parsed: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects

export interface Person {
  name: string;
  email: string;
  /** ISO 8601 in UTC, to the second. */
  date: string;
}

export interface Commit {
  oid: string;
  tree: string;
  parents: string[];
  author: Person;
  committer: Person;
  message: string;
}

export interface TreeEntry {
  mode: string;
  name: string;
  oid: string;
  type: 'blob' | 'tree' | 'commit';
}

export const ZERO_OID = '0'.repeat(40);

/** Clients may write any text here. A line that does not parse is taken as a name without a date. */
function parsePerson(line: string): Person {
  const [, name, email, seconds] = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line) ?? [];
  if (name === undefined || email === undefined) return { name: line, email: '', date: toIsoSeconds(new Date(0)) };
  return { name, email, date: toIsoSeconds(new Date(Number(seconds) * 1000)) };
}

/** Git stores seconds, and GitHub's API shows times to the second. */
export function toIsoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function parseCommit(oid: string, content: Buffer): Commit {
  const text = content.toString();
  const headerEnd = text.indexOf('\n\n');
  const headers = text.slice(0, headerEnd).split('\n');
  const valuesOf = (key: string): string[] =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const valueOf = (key: string): string => {
    const [value] = valuesOf(key);
    if (value === undefined) throw new Error(`commit ${oid} has no ${key}`);
    return value;
  };
  return {
    oid,
    tree: valueOf('tree'),
    parents: valuesOf('parent'),
    author: parsePerson(valueOf('author')),
    committer: parsePerson(valueOf('committer')),
    message: text.slice(headerEnd + 2).replace(/\n$/, ''),
  };
}

/** Splits a message as git does: the first line, and the rest. */
export function splitMessage(message: string): { headline: string; body: string } {
  const end = message.indexOf('\n');
  return end < 0
    ? { headline: message, body: '' }
    : { headline: message.slice(0, end), body: message.slice(end).trim() };
}

export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const zero = content.indexOf(0, space);
    const mode = content.subarray(at, space).toString().padStart(6, '0');
    const type = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob';
    entries.push({
      mode,
      type,
      name: content.subarray(space + 1, zero).toString(),
      oid: content.subarray(zero + 1, zero + 21).toString('hex'),
    });
    at = zero + 21;
  }
  return entries;
}
