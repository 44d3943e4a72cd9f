import { spawn } from 'node:child_process';

export class GitError extends Error {
  override name = 'GitError';
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface RunGit {
  input?: string | Buffer;
  env?: Record<string, string>;
  /** Exit codes that are answers rather than failures. */
  accept?: readonly number[];
}

const TIMEOUT_MS = 60_000;

/** Runs git to its end. @throws GitError with what git printed, when the exit code is not 0 or accepted. */
export async function runGit(
  directory: string,
  args: readonly string[],
  { input, env, accept = [] }: RunGit = {},
): Promise<{ output: Buffer; exitCode: number }> {
  const child = spawn('git', args, {
    cwd: directory,
    timeout: TIMEOUT_MS,
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...env },
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => undefined); // git may close its input early; its exit code tells why
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject).once('close', (code) => resolve(code ?? -1));
  const exitCode = await promise;
  if (exitCode !== 0 && !accept.includes(exitCode)) {
    throw new GitError(`git ${args.join(' ')}: ${Buffer.concat(errors).toString().trim() || exitCode}`, exitCode);
  }
  return { output: Buffer.concat(output), exitCode };
}

export async function git(directory: string, ...args: string[]): Promise<string> {
  return (await runGit(directory, args)).output.toString().trimEnd();
}
