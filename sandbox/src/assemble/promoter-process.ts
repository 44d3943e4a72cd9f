// The shipped promoter, as a process of its own, configured by its environment alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { REPOSITORY_ROOT } from './config.ts';

export interface PromoterProcess {
  url: string;
  start(): Promise<void>;
  /** SIGKILL: no time for anything. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  isRunning(): boolean;
  /** The last lines of its log. */
  lastLines(count: number): string[];
}

const READY_TIMEOUT_MS = 30_000;
const KEPT_LINES = 500;

export function createPromoterProcess(env: Record<string, string>, port: number, logFile: string): PromoterProcess {
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = once(ending, 'close');
    ending.kill(signal);
    await closed;
  };

  return {
    url,
    isRunning: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    lastLines: (count) => lines.slice(-count),
    async start() {
      const log = createWriteStream(logFile, { flags: 'a' });
      const started = spawn(process.execPath, ['src/server.ts'], {
        cwd: path.join(REPOSITORY_ROOT, 'promoter'),
        env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(port), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      const keep = (chunk: Buffer): void => {
        log.write(chunk);
        lines.push(...chunk.toString().trimEnd().split('\n'));
        lines.splice(0, Math.max(lines.length - KEPT_LINES, 0));
      };
      started.stdout.on('data', keep);
      started.stderr.on('data', keep);
      started.once('close', () => log.end());
      const deadline = Date.now() + READY_TIMEOUT_MS;
      while (Date.now() < deadline) {
        if (started.exitCode !== null)
          throw new Error(`the promoter ended with ${started.exitCode}:\n${lines.slice(-10).join('\n')}`);
        const ready = await fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
        if (ready) return;
        await wait(50);
      }
      await end('SIGKILL');
      throw new Error(
        `the promoter was not ready within ${READY_TIMEOUT_MS / 1000} s:\n${lines.slice(-10).join('\n')}`,
      );
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
