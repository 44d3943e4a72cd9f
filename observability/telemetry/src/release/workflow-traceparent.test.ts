// The action that sets a workflow's TRACEPARENT derives the same ids as all other participants.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseSpanId, releaseTraceId, runKey, traceparentOf } from './release-ids.ts';

const SCRIPT = path.join(import.meta.dirname, '../../../../.github/actions/release-trace/derive-traceparent.sh');
const commit = '3f2a9c1'.padEnd(40, '0');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'release-trace-'));
  for (const name of ['env', 'output']) await writeFile(path.join(folder, name), '');
});
afterEach(() => rm(folder, { recursive: true }));

async function derive(changes: Record<string, string> = {}): Promise<{ env: string; output: string }> {
  await promisify(execFile)('bash', [SCRIPT], {
    env: {
      PATH: process.env['PATH'],
      COMMIT: commit,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'Acme/Todo',
      GITHUB_RUN_ID: '123456789',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_ENV: path.join(folder, 'env'),
      GITHUB_OUTPUT: path.join(folder, 'output'),
      ...changes,
    },
  });
  const [env = '', output = ''] = await Promise.all(
    ['env', 'output'].map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  return { env, output };
}

describe('the release-trace action', () => {
  it("gives later steps the span of the run's attempt", async () => {
    const traceId = releaseTraceId('https://github.com/acme/todo', commit);
    const expected = traceparentOf(traceId, releaseSpanId(traceId, 'run', runKey(123_456_789, 2)));

    const { env, output } = await derive();

    expect(env).toBe(`TRACEPARENT=${expected}\n`);
    expect(output).toBe(`trace-id=${traceId}\ntraceparent=${expected}\n`);
  });

  it.each(['main', '', 'abc; echo x', '3F2A9C1'.padEnd(40, '0')])('refuses what is not a commit: %j', async (wrong) => {
    await expect(derive({ COMMIT: wrong })).rejects.toThrow('must be 40 hex digits');
  });
});
