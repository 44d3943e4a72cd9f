// `npm run release [-- "a new line"]` pushes a commit to the source repository of the running sandbox.
import { parseArgs } from 'node:util';
import { readConfig } from './assemble/config.ts';
import { findRunningSandbox } from './assemble/running-sandbox.ts';
import { pushRelease } from './commands/push-release.ts';
import { exitWith, say } from './commands/terminal.ts';

const HELP = `npm run release                    pushes a commit to acme/todo in the running sandbox
npm run release -- "A new line"    the same, with that line above the todo list
npm run release -- -- "--line"     the same, for a line that begins with a dash

It changes the line above the todo list, so that the release can be seen on its way from dev to prod.`;

try {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) say(HELP);
  else if (positionals.length > 1) {
    throw new Error(`The line has ${positionals.length} parts. Set it in quotes: npm run release -- "A new line".`);
  } else {
    const running = await findRunningSandbox(readConfig().dataDirectory);
    if (!running) throw new Error('No sandbox is running. Start one with npm start.');
    const pushed = await pushRelease(running.urls.github, positionals[0]);
    say(`Pushed commit ${pushed.commit.slice(0, 7)} to acme/todo: "${pushed.banner}"`);
    say(`Watch it on ${running.urls.board}`);
  }
} catch (error) {
  exitWith(error);
}
