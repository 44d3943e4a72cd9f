// `npm run validate`: one line per check. A missing checker is reported; where CI is set, it is a failure.
import path from 'node:path';
import { CHECKS } from './checks.ts';
import { mayLackCheckers } from './config.ts';
import { runChecks } from './run-checks.ts';

const root = path.join(import.meta.dirname, '../../..');
const only = process.argv.slice(2);
const checks = CHECKS.filter(({ name }) => only.length === 0 || only.some((word) => name.includes(word)));
const passed = await runChecks(checks, root, {
  mayLack: mayLackCheckers(),
  print: (line) => void process.stdout.write(`${line}\n`),
});
process.exitCode = passed ? 0 : 1;
