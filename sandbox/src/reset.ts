// `npm run reset` removes everything that the sandbox keeps.
import { rm } from 'node:fs/promises';
import { readConfig } from './assemble/config.ts';
import { exitWith, say } from './commands/terminal.ts';

try {
  const { dataDirectory } = readConfig();
  await rm(dataDirectory, { recursive: true, force: true });
  say(`Removed ${dataDirectory}`);
} catch (error) {
  exitWith(error);
}
