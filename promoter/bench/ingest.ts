// Signed deliveries at a fixed rate against the bundle as the image runs it, beside a bare Hono server that only checks the signature.
// README.md in this folder says how to read it. BENCH_NODE_ARGS="--cpu-prof" profiles the promoter; BENCH_LOG keeps what it logs.
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../test/free-port.ts';
import { imageNodeOptions } from '../test/measured-promoter.ts';
import type { LoadOptions, LoadResult } from './ingest/load.ts';
import { type MeasuredProcess, startMeasured } from './ingest/measured-process.ts';
import { CONFIG_REPOSITORY } from './ingest/payloads.ts';

const SECRET = 'a secret of the bench';
const LIMIT_MB = 256;
const WARM_UP_SECONDS = 5;
const [, , secondsText = '60', perSecondText = '1000'] = process.argv;
const seconds = Number(secondsText);
const perSecond = Number(perSecondText);

const promoterFolder = path.join(import.meta.dirname, '..');
const file = (name: string): string => path.join(import.meta.dirname, 'ingest', name);
const nodeOptions = await imageNodeOptions();

interface Figures extends LoadResult {
  name: string;
  cpuMicroseconds: number;
  peakAnonymousMb: number;
  idleAnonymousMb: number;
  limit: string;
  accounted: string;
}

async function untilReady(url: string, server: MeasuredProcess): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline && server.isAlive()) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} was not ready within a minute, or its server ended`);
}

async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const child = fork(file('load.ts'));
  child.send(options);
  const [result] = (await once(child, 'message')) as [LoadResult];
  child.disconnect();
  return result;
}

/** Deliveries by outcome, as the promoter counts them. */
async function countedOutcomes(url: string): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  const text = await (await fetch(url)).text();
  for (const [, outcome = '', count] of text.matchAll(
    /^promoter_webhook_deliveries_total\{[^}]*outcome="(\w+)"[^}]*\} (\d+)/gm,
  ))
    counted[outcome] = (counted[outcome] ?? 0) + Number(count);
  return counted;
}

function compare(sent: Record<string, number>, counted: Record<string, number>): string {
  const names = [...new Set([...Object.keys(sent), ...Object.keys(counted)])].sort();
  const isSame = names.every((name) => (sent[name] ?? 0) === (counted[name] ?? 0));
  return isSame ? 'yes, answer by answer' : `NO: answered ${JSON.stringify(sent)}, counted ${JSON.stringify(counted)}`;
}

async function measure(name: string, server: MeasuredProcess, port: number, metricsUrl?: string): Promise<Figures> {
  await untilReady(`http://127.0.0.1:${port}/readyz`, server);
  const warmUp = await runLoad({ port, secret: SECRET, perSecond: perSecond / 4, seconds: WARM_UP_SECONDS });
  const idle = server.memory().anonymousMb;
  const cpuBefore = server.cpuSeconds();
  const result = await runLoad({ port, secret: SECRET, perSecond, seconds });
  const cpuSeconds = server.isAlive() ? server.cpuSeconds() - cpuBefore : Number.NaN;
  const all = { ...result.outcomes };
  for (const [outcome, count] of Object.entries(warmUp.outcomes)) all[outcome] = (all[outcome] ?? 0) + count;
  const accounted = metricsUrl && server.isAlive() ? compare(all, await countedOutcomes(metricsUrl)) : 'not counted';
  const figures = {
    ...result,
    name,
    cpuMicroseconds: (cpuSeconds / result.sent) * 1_000_000,
    peakAnonymousMb: server.memory().peakAnonymousMb,
    idleAnonymousMb: idle,
    limit: server.limit,
    accounted,
  };
  await server.stop();
  return figures;
}

function print(figures: Figures): void {
  const { name, sent, elapsedSeconds, milliseconds, cpuMicroseconds, peakAnonymousMb, accounted, limit } = figures;
  process.stdout.write(`${name} (${limit})
  rate                   ${(sent / elapsedSeconds).toFixed(0)}/s, ${sent} deliveries over ${figures.connections} connections
  from due time          p50 ${milliseconds.p50.toFixed(1)} ms, p99 ${milliseconds.p99.toFixed(1)} ms, max ${milliseconds.max.toFixed(0)} ms (the load was late by ${figures.lateMs.toFixed(0)} ms at most)
  CPU a delivery         ${cpuMicroseconds.toFixed(0)} us
  anonymous memory       ${figures.idleAnonymousMb.toFixed(0)} MB after the warm-up, ${peakAnonymousMb.toFixed(0)} MB at its peak
  answers                ${JSON.stringify(figures.outcomes)}
  all accounted for      ${accounted}
`);
}

await promisify(execFile)(process.execPath, ['build.ts'], { cwd: promoterFolder });
const log = openSync(process.env['BENCH_LOG'] ?? '/dev/null', 'w');
const [githubPort, barePort, port] = [await freePort(), await freePort(), await freePort()];
const github = spawn(process.execPath, [file('github-server.ts'), String(githubPort)], { stdio: 'inherit' });
process.on('exit', () => github.kill());
const common = { cwd: promoterFolder, limitMb: LIMIT_MB, output: log };

const bare = await measure(
  'bare Hono server',
  startMeasured({
    ...common,
    name: 'bare',
    args: [file('bare-server.ts'), String(barePort), SECRET],
    env: { NODE_ENV: 'production', NODE_OPTIONS: nodeOptions },
  }),
  barePort,
);
print(bare);
const promoter = await measure(
  'promoter',
  startMeasured({
    ...common,
    name: 'promoter',
    args: [...(process.env['BENCH_NODE_ARGS']?.split(' ').filter(Boolean) ?? []), 'dist/server.js'],
    env: {
      NODE_ENV: 'production',
      NODE_OPTIONS: nodeOptions,
      HOST: '127.0.0.1',
      PORT: String(port),
      GITHUB_API_URL: `http://127.0.0.1:${githubPort}`,
      GITHUB_TOKEN: 'none',
      GITHUB_WEBHOOK_SECRET: SECRET,
      CONFIG_REPOSITORY,
    },
  }),
  port,
  `http://127.0.0.1:${port}/metrics`,
);
print(promoter);
const ratio = (one: number, other: number): string => (one / other).toFixed(2);
process.stdout.write(`p99 ${ratio(promoter.milliseconds.p99, bare.milliseconds.p99)} times the bare server's (goal 3)
CPU ${ratio(promoter.cpuMicroseconds, bare.cpuMicroseconds)} times the bare server's (goal 2)
peak anonymous memory ${promoter.peakAnonymousMb.toFixed(0)} MB (goal 180)
`);
process.exit(0);
