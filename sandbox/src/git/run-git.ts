import { spawn } from 'node:child_process';

export class GitError extends Error {
  override name = 'GitError';
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Where git runs, and the environment it runs in, which holds its settings, proxies and PATH. */
export interface GitContext {
  directory: string;
  environment: Record<string, string | undefined>;
}

export interface RunGit {
  input?: string | Buffer;
  /** Additional environment variables for this call. */
  variables?: Record<string, string>;
  /** Exit codes that are results, not failures. */
  accept?: readonly number[];
}

const TIMEOUT_MS = 60_000;
const UNATTENDED = { GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Runs git until it exits. @throws GitError with what git printed, unless the exit code is 0 or accepted. */
export async function runGit(
  { directory, environment }: GitContext,
  args: readonly string[],
  { input, variables, accept = [] }: RunGit = {},
): Promise<{ output: Buffer; exitCode: number }> {
  const child = spawn('git', args, {
    cwd: directory,
    timeout: TIMEOUT_MS,
    env: { ...environment, ...UNATTENDED, ...variables },
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => undefined); // git may close its input early; the exit code shows whether it failed
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject).once('close', (code) => resolve(code ?? -1));
  const exitCode = await promise;
  if (exitCode !== 0 && !accept.includes(exitCode)) {
    throw new GitError(`git ${args.join(' ')}: ${Buffer.concat(errors).toString().trim() || exitCode}`, exitCode);
  }
  return { output: Buffer.concat(output), exitCode };
}

/** Returns what git printed, without trailing white space. */
export async function git(context: GitContext, ...args: string[]): Promise<string> {
  return (await runGit(context, args)).output.toString().trimEnd();
}
