// `npm run reset`: forgets everything the sandbox keeps.
import { rm } from 'node:fs/promises';
import { readConfig } from './assemble/config.ts';
import { say } from './commands/terminal.ts';

const { dataDirectory } = readConfig();
await rm(dataDirectory, { recursive: true, force: true });
say(`Removed ${dataDirectory}`);
