// What `git diff --raw --numstat -z` prints, parsed: https://git-scm.com/docs/diff-format

export interface FileDiff {
  path: string;
  status: 'added' | 'removed' | 'modified';
  additions: number;
  deletions: number;
  /** Empty unless patches were requested. */
  patch: string;
  /** Id of the new content; null for a removed file. */
  oid: string | null;
}

const STATUSES: Record<string, FileDiff['status']> = { A: 'added', D: 'removed', M: 'modified', T: 'modified' };

/** Each file is listed twice: as `:modes ids status`, NUL, path, NUL, and further down as its line counts and path. */
export function parseFileDiffs(output: string): FileDiff[] {
  const files = new Map<string, FileDiff>();
  const fields = output.split('\0').values();
  for (const field of fields) {
    const [, oid, letter] = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([AMDT])$/.exec(field) ?? [];
    const status = letter === undefined ? undefined : STATUSES[letter];
    if (oid !== undefined && status) {
      const { value: path } = fields.next();
      if (path === undefined) break;
      files.set(path, { path, status, additions: 0, deletions: 0, patch: '', oid: status === 'removed' ? null : oid });
      continue;
    }
    const [, additions, deletions, path] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(field) ?? [];
    const file = path === undefined ? undefined : files.get(path);
    // git prints dashes as the counts of a binary file.
    if (file) Object.assign(file, { additions: Number(additions) || 0, deletions: Number(deletions) || 0 });
  }
  return [...files.values()];
}
