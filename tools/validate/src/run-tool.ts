// Third-party checkers: commands on the PATH, each with a deadline.
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

/** The file of a command on the PATH. */
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

/** Of alternatives, `kustomize|kubectl`, the first that is installed. */
export async function findOneOf(alternatives: string): Promise<string | undefined> {
  for (const name of alternatives.split('|')) if (await findTool(name)) return name;
  return undefined;
}

/** @throws Error when the command could not be run or did not end in time. The caller judges the exit code. */
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
    // A command may exit before it has read all of its input; its exit code says whether that is a failure.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** The lines of an output that are not blank. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
