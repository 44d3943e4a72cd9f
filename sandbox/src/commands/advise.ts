// What to do about a failure of a command, in one sentence.

const CODE_ADVICE: Record<string, string> = {
  EACCES: 'Set SANDBOX_DATA to a folder that you may write to.',
  EADDRINUSE: 'Stop what uses that port, or set another one: npm start -- --help lists the variables.',
  ECONNREFUSED: 'Look at the terminal of npm start: if it has ended, start it again.',
  ECONNRESET: 'Look at the terminal of npm start: if it has ended, start it again.',
  EEXIST: 'Set SANDBOX_DATA to a folder; a file of that name is in the way.',
  EMFILE: 'Allow more open files (ulimit -n 4096), and try again.',
  ENOSPC: 'Free some space on that disk, or set SANDBOX_DATA to a folder on another one.',
  ENOTDIR: 'Set SANDBOX_DATA to a folder; a file of that name is in the way.',
  EPERM: 'Set SANDBOX_DATA to a folder that you may write to.',
  EROFS: 'Set SANDBOX_DATA to a folder that you may write to.',
  UND_ERR_SOCKET: 'Look at the terminal of npm start: if it has ended, start it again.',
};
const OTHERWISE = 'Try again; if it fails again, npm run reset and npm start begin from scratch.';

/** The sentence ends the message: what went wrong stands before it. A message that says what to do already stays as it is. */
export function advise(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const { code, cause, command } = describe(error);
  if (command !== undefined) return `${command} was not found. Install it, or add its folder to PATH, and try again.`;
  if (/\b(Set|Stop|Start one with|Install|npm start -- --help|lists)\b/.test(message)) return message;
  const whole = cause === undefined || message.includes(cause) ? message : `${message}: ${cause}`;
  return `${whole.replace(/\.?$/, '.')} ${code?.startsWith('ERR_PARSE_ARGS') ? 'Add --help for what there is.' : (CODE_ADVICE[code ?? ''] ?? OTHERWISE)}`;
}

interface Described {
  /** The first code among the error and its causes. */
  code: string | undefined;
  /** The innermost reason: fetch says no more than that it failed. */
  cause: string | undefined;
  /** The program that could not be started. */
  command: string | undefined;
}

function describe(error: unknown): Described {
  let code: string | undefined;
  let cause: string | undefined;
  let command: string | undefined;
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code: own, syscall, path } = current as NodeJS.ErrnoException;
    code ??= own;
    if (current !== error) cause = current.message === '' ? own : current.message;
    if (own === 'ENOENT' && syscall?.startsWith('spawn') === true) command = path ?? syscall.replace(/^spawn /, '');
  }
  return { code, cause, command };
}
