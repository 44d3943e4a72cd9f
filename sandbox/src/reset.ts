// `npm run reset` removes everything that the sandbox keeps, and nothing else.
import { parseArgs } from 'node:util';
import { readConfig } from './assemble/config.ts';
import { removeDataFolder } from './assemble/data-folder.ts';
import { findRunningSandbox } from './assemble/running-sandbox.ts';
import { exitWith, say } from './commands/terminal.ts';

const HELP = `npm run reset    removes the sandbox's data: the folder SANDBOX_DATA, .sandbox by default

It refuses while the sandbox runs, and for a folder that does not carry a sandbox's marker.`;

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
  if (values.help) say(HELP);
  else {
    const { dataDirectory } = readConfig();
    const running = await findRunningSandbox(dataDirectory);
    if (running) {
      throw new Error(`A sandbox runs on ${dataDirectory} (process ${running.pid}). Stop it with Ctrl-C, then reset.`);
    }
    const removed = await removeDataFolder(dataDirectory);
    say(removed ? `Removed ${dataDirectory}` : `There is nothing to remove at ${dataDirectory}`);
  }
} catch (error) {
  exitWith(error);
}
