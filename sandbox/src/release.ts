// `npm run release [-- "a new line"]` pushes a commit to the source repository of the running sandbox.
import { readConfig } from './assemble/config.ts';
import { findRunningSandbox } from './assemble/running-sandbox.ts';
import { pushRelease } from './commands/push-release.ts';
import { exitWith, say } from './commands/terminal.ts';

try {
  const running = await findRunningSandbox(readConfig().dataDirectory);
  if (!running) throw new Error('No sandbox is running. Start one with npm start.');
  const pushed = await pushRelease(running.urls.github, process.argv[2]);
  say(`Pushed commit ${pushed.commit.slice(0, 7)} to acme/todo: "${pushed.banner}"`);
  say(`Watch it on ${running.urls.board}`);
} catch (error) {
  exitWith(error);
}
