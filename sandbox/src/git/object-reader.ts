// Reads objects through one long-lived `git cat-file --batch` per repository, so a read starts no process.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { GitContext } from './run-git.ts';

export interface GitObject {
  oid: string;
  type: 'blob' | 'tree' | 'commit' | 'tag';
  content: Buffer;
}

export interface ObjectReader {
  /** Takes any revision or `commit:path`; resolves with undefined when there is no such object. */
  read(name: string): Promise<GitObject | undefined>;
  close(): void;
}

interface Waiting {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

export function createObjectReader({ directory, environment }: GitContext): ObjectReader {
  let child: ChildProcessWithoutNullStreams | undefined;
  let buffered: Buffer = Buffer.alloc(0);
  /** git answers in the order of the requests. */
  let waiting: Waiting[] = [];

  const start = (): ChildProcessWithoutNullStreams => {
    const started = spawn('git', ['cat-file', '--batch'], { cwd: directory, env: environment });
    started.stdout.on('data', (chunk: Buffer) => {
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      answer();
    });
    started.once('close', () => {
      child = undefined;
      buffered = Buffer.alloc(0);
      for (const reader of waiting.splice(0)) reader.reject(new Error(`git cat-file ended in ${directory}`));
    });
    started.stdin.on('error', () => undefined);
    return started;
  };

  const answer = (): void => {
    for (;;) {
      const lineEnd = buffered.indexOf(10);
      if (lineEnd < 0) return;
      const header = buffered.subarray(0, lineEnd).toString();
      const [, oid, type, size] = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
      if (oid === undefined) {
        buffered = buffered.subarray(lineEnd + 1);
        waiting.shift()?.resolve(undefined);
        continue;
      }
      const end = lineEnd + 1 + Number(size);
      if (buffered.length < end + 1) return;
      const content = Buffer.from(buffered.subarray(lineEnd + 1, end));
      buffered = buffered.subarray(end + 1);
      waiting.shift()?.resolve({ oid, type: type as GitObject['type'], content });
    }
  };

  return {
    read(name) {
      if (name.includes('\n')) return Promise.resolve(undefined);
      child ??= start();
      const { promise, resolve, reject } = Promise.withResolvers<GitObject | undefined>();
      waiting.push({ resolve, reject });
      child.stdin.write(`${name}\n`);
      return promise;
    },
    close() {
      waiting = [];
      child?.stdin.end();
    },
  };
}
