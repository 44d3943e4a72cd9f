import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { expect, it } from 'vitest';
import { readConfig } from '../assemble/config.ts';
import { freePort } from '../http/listen.ts';
import { advise } from './advise.ts';

const failureOf = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};
const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });

it.each([
  ['a missing program', () => once(spawn('no-such-git', []), 'exit'), /^no-such-git was not found\. Install it/],
  [
    'a server that is gone',
    async () => fetch(`http://127.0.0.1:${await freePort()}/`),
    /^fetch failed: .+\. Look at the terminal of npm start/,
  ],
  [
    'a folder of somebody else',
    () => withCode('EACCES', "EACCES: permission denied, mkdir '/x'"),
    /mkdir '\/x'\. Set SANDBOX_DATA/,
  ],
  [
    'a file in the way',
    () => withCode('ENOTDIR', "ENOTDIR: not a directory, mkdir '/x/y'"),
    /Set SANDBOX_DATA to a folder/,
  ],
  ['a port in use', () => withCode('EADDRINUSE', 'listen EADDRINUSE: 127.0.0.1:80'), /Stop what uses that port/],
  [
    'an unknown option',
    () => parseArgs({ args: ['--onec'], options: {} }),
    /'--onec'.* Add --help for what there is\.$/,
  ],
  [
    'a variable',
    () => readConfig({ GITHUB_PORT: '99999' }),
    /^GITHUB_PORT must be a port.*\nnpm start -- --help lists/,
  ],
  ['anything else', () => new Error('no luck'), /^no luck\. Try again; if it fails again, npm run reset/],
  [
    'what says it already',
    () => new Error('No sandbox is running. Start one with npm start.'),
    /^No sandbox is running\. Start one with npm start\.$/,
  ],
])('%s ends with what to do', async (_what, work, expected) => {
  expect(advise(await failureOf(work))).toMatch(expected);
});
