// Runs as the root's postinstall script. On Node 24 or newer it does nothing. On an older Node it installs the
// binary that is locked in this folder and links it as node_modules/.bin/node, which npm puts first on PATH, so that
// every npm script, turbo task and test runs on Node 24. docs/adr/0002 says why it is not a dependency.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nestedEnvironment, npmProgram } from './config.mjs';

const REQUIRED_MAJOR = 24;
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) process.exit(0);

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;
const { optionalDependencies } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
if (!(packageName in optionalDependencies)) {
  console.error(
    `This project needs Node ${REQUIRED_MAJOR} or newer. This is ${process.version}, and there is no pinned build ${packageName}. ` +
      `Install Node ${REQUIRED_MAJOR} and run npm ci again.`,
  );
  process.exit(1);
}
if (!npmProgram) {
  console.error('tools/node/ensure.mjs must be run by npm: run npm ci in the root of the repository.');
  process.exit(1);
}

execFileSync(process.execPath, [npmProgram, 'ci', '--no-workspaces', '--ignore-scripts', '--loglevel=error'], {
  cwd: here,
  env: nestedEnvironment,
  stdio: ['ignore', 'ignore', 'inherit'],
});

const executable = process.platform === 'win32' ? 'node.exe' : 'node';
const binary = path.join(here, 'node_modules', packageName, 'bin', executable);
if (!existsSync(binary)) throw new Error(`npm ci succeeded, but ${binary} is missing`);
const link = path.join(root, 'node_modules/.bin', executable);
mkdirSync(path.dirname(link), { recursive: true });
rmSync(link, { force: true });
symlinkSync(path.relative(path.dirname(link), binary), link);
const version = execFileSync(link, ['-v'], { encoding: 'utf8' }).trim();
console.log(`node ${version} linked for npm scripts (found ${process.version})`);
