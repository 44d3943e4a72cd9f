// The commands as people run them: what they refuse, and what they say then.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../src/assemble/config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'commands-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(command: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
  const options = {
    cwd: REPOSITORY_ROOT,
    env: { PATH: process.env['PATH'], SANDBOX_DATA: folder, ...env },
  };
  try {
    const output = await promisify(execFile)(process.execPath, [`sandbox/src/${command}.ts`, ...args], options);
    return { code: 0, ...output };
  } catch (error) {
    return error as Outcome;
  }
}

it("reset leaves a folder alone that is not a sandbox's", async () => {
  await writeFile(path.join(folder, 'thesis.txt'), 'years of work');

  const { code, stderr } = await run('reset');

  expect(code).toBe(1);
  expect(stderr).toMatch(/was left as it is\. Set SANDBOX_DATA/);
  expect(await readdir(folder)).toEqual(['thesis.txt']);
});

it('reset refuses while the sandbox runs, and not because of a process that took over its number', async () => {
  const github = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(github, 'listening');
  const { port } = github.address() as { port: number };
  await writeFile(path.join(folder, '.delivery-sandbox'), '');
  const urls = { github: `http://127.0.0.1:${port}` };
  await writeFile(path.join(folder, 'running.json'), JSON.stringify({ pid: process.pid, urls }));

  expect((await run('reset')).stderr).toMatch(/A sandbox runs on .* Stop it with Ctrl-C/);
  github.close();

  expect((await run('reset')).stdout).toBe(`Removed ${folder}\n`);
});

it.each(['release', 'reset', 'start'])('%s --help explains, and does nothing else', async (command) => {
  const { code, stdout } = await run(command, ['--help']);

  expect(code).toBe(0);
  expect(stdout).toContain(command === 'start' ? 'npm start' : `npm run ${command}`);
  expect(await readdir(folder)).toEqual([]);
});

it.each([
  ['release', [], {}, /No sandbox is running\. Start one with npm start\.$/],
  ['release', ['--hepl'], {}, /Add --help for what there is\.$/],
  ['release', ['two', 'words'], {}, /Set it in quotes/],
  ['start', ['--twice'], {}, /Add --help for what there is\.$/],
  [
    'start',
    [],
    { GITHUB_PORT: '99999' },
    /must be a port, from 1 to 65535\nnpm start -- --help lists the variables\.$/,
  ],
  ['start', [], { SANDBOX_DATA: '/dev/null/x' }, /Set SANDBOX_DATA to a folder; a file of that name is in the way\.$/],
] as const)('%s %j with %j ends with what to do', async (command, args, env, expected) => {
  const { code, stderr } = await run(command, args, env);

  expect(code).toBe(1);
  expect(stderr.trim()).toMatch(expected);
});
