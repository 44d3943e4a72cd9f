// The program as the image starts it: configured by its environment, observed by HTTP and log lines, stopped by signals.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@delivery/postgresql';
import { endWithParent } from '@delivery/postgresql/end-with-parent';

export interface LogLine {
  level: string;
  msg: string;
  trace_id?: string;
  span_id?: string;
}

export interface Service {
  readonly url: string;
  readonly child: ChildProcess;
  readonly log: LogLine[];
  /** Its standard error. */
  errors(): string;
  /** Resolves once it has logged `message`; rejects if it exits before. */
  logged(message: string): Promise<void>;
  /** Starts it again on the same port, with the same environment, and resolves when it is ready. */
  start(): Promise<void>;
  /** Sends the signal, if it still runs, and resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const root = new URL('..', import.meta.url).pathname;

export async function startService(
  env: Record<string, string>,
  { program = 'src/main.ts', until = 'ready' }: { program?: string; until?: string } = {},
): Promise<Service> {
  const port = await freePort();
  let child!: ChildProcess;
  let log: LogLine[] = [];
  let errors = '';
  let watchers: (() => void)[] = [];

  function spawnService(): void {
    log = [];
    errors = '';
    child = spawn(process.execPath, [program], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithParent(child);
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      log.push(...lines.map((line) => JSON.parse(line) as LogLine));
      for (const watcher of watchers) watcher();
    });
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('close', () => {
      for (const watcher of watchers) watcher();
    });
  }

  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  function logged(message: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watcher = (): void => {
      if (log.some(({ msg }) => msg === message)) resolve();
      else if (hasEnded()) reject(new Error(`the service exited with ${String(child.exitCode)}: ${errors}`));
    };
    watchers.push(watcher);
    watcher();
    return promise.finally(() => {
      watchers = watchers.filter((each) => each !== watcher);
    });
  }

  spawnService();
  await logged(until);
  return {
    url: `http://127.0.0.1:${port}`,
    get child() {
      return child;
    },
    get log() {
      return log;
    },
    errors: () => errors,
    logged,
    async start() {
      spawnService();
      await logged('ready');
    },
    async stop(signal = 'SIGTERM') {
      if (hasEnded()) return child.exitCode;
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
      return child.exitCode;
    },
  };
}
