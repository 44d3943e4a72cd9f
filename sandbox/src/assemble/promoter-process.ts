// Runs the shipped promoter as a process of its own, configured by environment variables alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endWithParent } from '@delivery/postgresql/end-with-parent';
import { LOOPBACK } from '../http/listen.ts';
import { REPOSITORY_ROOT } from './config.ts';

export interface PromoterProcessSettings {
  /** The PATH that the process inherits. */
  path: string | undefined;
  variables: Record<string, string>;
  port: number;
  logFile: string;
}

export interface PromoterProcess {
  url: string;
  /** Resolves when the promoter is ready. @throws Error with its last log lines when it ends before it is ready, or falls silent. */
  start(): Promise<void>;
  /** Sends SIGKILL, which leaves no time to clean up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Returns the last lines of its log. */
  lastLines(count: number): string[];
}

/** Progress counts, not time: a slow machine may need minutes to load the promoter, which logs as it goes. */
const SILENCE_LIMIT_MS = 300_000;
const READY_INTERVAL_MS = 50;
const KEPT_LINES = 500;

export function createPromoterProcess(settings: PromoterProcessSettings): PromoterProcess {
  const { variables, port, logFile } = settings;
  const url = `http://${LOOPBACK}:${port}`;
  const lines: string[] = [];
  let child: ChildProcess | undefined;
  let lastOutputMs = 0;

  const launch = (): ChildProcess => {
    const log = createWriteStream(logFile, { flags: 'a' });
    const started = spawn(process.execPath, ['src/server.ts'], {
      cwd: path.join(REPOSITORY_ROOT, 'promoter'),
      env: { PATH: settings.path, HOST: LOOPBACK, PORT: String(port), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithParent(started);
    const keep = (chunk: Buffer): void => {
      log.write(chunk);
      lastOutputMs = performance.now();
      lines.push(...chunk.toString().trimEnd().split('\n'));
      lines.splice(0, Math.max(lines.length - KEPT_LINES, 0));
    };
    started.stdout.on('data', keep);
    started.stderr.on('data', keep);
    started.once('close', () => log.end());
    return started;
  };

  const isReady = (): Promise<boolean> =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = once(ending, 'close');
    ending.kill(signal);
    await closed;
  };

  const failure = (what: string): Error => new Error(`the promoter ${what}:\n${lines.slice(-10).join('\n')}`);

  return {
    url,
    lastLines: (count) => lines.slice(-count),
    async start() {
      const started = (child = launch());
      lastOutputMs = performance.now();
      while (performance.now() - lastOutputMs < SILENCE_LIMIT_MS) {
        if (started.exitCode !== null || started.signalCode !== null) {
          throw failure(`exited with ${started.exitCode ?? started.signalCode}`);
        }
        if (await isReady()) return;
        await wait(READY_INTERVAL_MS);
      }
      await end('SIGKILL');
      throw failure(`was not ready, and has logged nothing for ${SILENCE_LIMIT_MS / 1000} s`);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
