// `running.json` in a data folder records which process runs a sandbox there, and its URLs.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SandboxUrls } from './start-sandbox.ts';

export interface RunningSandbox {
  pid: number;
  urls: SandboxUrls;
}

export const runningFile = (dataDirectory: string): string => path.join(dataDirectory, 'running.json');

/** A process of the same number may be another one by now: it is ours if its GitHub answers, however slowly. */
const ANSWER_LIMIT_MS = 60_000;

/** @returns undefined when no sandbox runs, or when its process was killed. */
export async function findRunningSandbox(dataDirectory: string): Promise<RunningSandbox | undefined> {
  const text = await readFile(runningFile(dataDirectory), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const running = JSON.parse(text) as RunningSandbox;
    process.kill(running.pid, 0);
    await fetch(`${running.urls.github}/api/v3/meta`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return running;
  } catch {
    return undefined;
  }
}

export async function recordRunningSandbox(dataDirectory: string, urls: SandboxUrls): Promise<void> {
  const running: RunningSandbox = { pid: process.pid, urls };
  await writeFile(runningFile(dataDirectory), JSON.stringify(running));
}

export async function forgetRunningSandbox(dataDirectory: string): Promise<void> {
  await rm(runningFile(dataDirectory), { force: true });
}
