// `npm run release [-- "a new line"]`: a real commit to the source repository of the running sandbox.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pushRelease } from './commands/push-release.ts';
import type { SandboxUrls } from './assemble/start-sandbox.ts';
import { readConfig } from './assemble/config.ts';
import { say } from './commands/terminal.ts';

const { dataDirectory } = readConfig();
const running = await readFile(path.join(dataDirectory, 'running.json'), 'utf8').catch(() => undefined);
if (running === undefined) {
  process.stderr.write('No sandbox is running. Start one with npm start.\n');
  process.exit(1);
}
const { urls } = JSON.parse(running) as { urls: SandboxUrls };
try {
  const pushed = await pushRelease(urls.github, process.argv[2]);
  say(`Pushed commit ${pushed.commit.slice(0, 7)} to acme/todo: "${pushed.banner}"`);
  say(`Watch it on ${urls.board}`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
