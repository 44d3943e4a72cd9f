// Other people's checkers, as commands on the PATH. Each has a deadline.
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { checkerEnvironment, commandFolders } from './config.ts';

const DEADLINE_MS = 180_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface ToolResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Whether the command is on the PATH: its file. */
export async function findTool(name: string): Promise<string | undefined> {
  for (const folder of commandFolders()) {
    const file = path.join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

/** Of `kustomize|kubectl` the first that is there. */
export async function findOneOf(alternatives: string): Promise<string | undefined> {
  for (const name of alternatives.split('|')) if (await findTool(name)) return name;
  return undefined;
}

/** @throws Error when the command could not be run or did not end in time; what it exits with is the caller's to judge. */
export function runTool(
  command: string,
  args: readonly string[],
  { cwd, input }: { cwd?: string; input?: string } = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd, timeout: DEADLINE_MS, maxBuffer: MAX_OUTPUT_BYTES, env: checkerEnvironment() },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') {
          reject(new Error(`${command} ${args.join(' ')}: ${error.killed ? 'did not end in time' : error.message}`));
          return;
        }
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    // A command may end without reading all of it: its exit says what that means.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** Of output like `file:line: message`, one finding a line. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
