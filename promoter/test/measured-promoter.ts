// The bundle with the flags of the image, as a process that measures itself when it is asked: its memory after a full garbage collection.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = path.join(import.meta.dirname, '..');
const SECRET = 'a secret of the test';

export interface MeasuredMemory {
  /** After what can be collected was. */
  residentMb: number;
  peakMb: number;
}

export interface MeasuredPromoter {
  port: number;
  memory(): Promise<MeasuredMemory>;
  /** A delivery as GitHub sends it. @returns its status. */
  deliver(): Promise<number>;
  metrics(): Promise<string>;
  /** Lines of its log, so far. */
  lines(): readonly string[];
  stop(): Promise<void>;
}

/** What the image runs Node with. */
export async function imageNodeOptions(): Promise<string> {
  const dockerfile = await readFile(path.join(PACKAGE, 'Dockerfile'), 'utf8');
  return /NODE_OPTIONS="([^"]*)"/.exec(dockerfile)?.[1] ?? '';
}

/** Where the bundle finds its assets as in the image, and nobody else builds at the same time. */
async function buildBundle(): Promise<string> {
  const cache = path.join(PACKAGE, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'bundle-'));
  await promisify(execFile)(process.execPath, ['build.ts', folder], { cwd: PACKAGE });
  return folder;
}

/** @throws where it ends before it listens. */
export async function startMeasuredPromoter(): Promise<MeasuredPromoter> {
  const bundle = await buildBundle();
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      path.join(import.meta.dirname, 'measure-on-request.ts'),
      path.join(bundle, 'server.js'),
    ],
    {
      cwd: PACKAGE,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        HOST: '127.0.0.1',
        PORT: '0',
        NODE_OPTIONS: await imageNodeOptions(),
        GITHUB_API_URL: 'http://127.0.0.1:9', // nobody listens there: what comes in waits for GitHub, as on any bad day
        GITHUB_TOKEN: 'none',
        GITHUB_WEBHOOK_SECRET: SECRET,
        CONFIG_REPOSITORY: 'acme/gitops-config',
      },
    },
  );
  const lines: string[] = [];
  const port = await portOf(child, lines);
  const url = `http://127.0.0.1:${port}`;
  const body = JSON.stringify({ zen: 'Approachable is better than simple.' });
  return {
    port,
    lines: () => lines,
    async memory() {
      child.send('measure');
      const [memory] = (await once(child, 'message')) as [MeasuredMemory];
      return memory;
    },
    async deliver() {
      const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
      const headers = {
        'content-type': 'application/json',
        'x-github-event': 'ping',
        'x-hub-signature-256': signature,
      };
      const answer = await fetch(`${url}/webhooks/github`, { method: 'POST', body, headers });
      await answer.arrayBuffer();
      return answer.status;
    },
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(bundle, { recursive: true });
    },
  };
}

/** @returns the port that the process says it listens on; its log is kept from then on. */
function portOf(child: ChildProcess, lines: string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    const listening = parts.find((line) => line.includes('"msg":"listening"'));
    if (listening) resolve((JSON.parse(listening) as { addresses: { port: number }[] }).addresses[0]?.port ?? 0);
  });
  child.once('exit', (code) => reject(new Error(`the promoter ended with ${code}:\n${lines.join('\n')}`)));
  return promise;
}
