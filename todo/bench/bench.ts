// `npm run bench -w todo`: throughput, p99, CPU, memory and start-up, side by side in one run. bench/README.md explains the figures.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { type PostgresqlServer, startPostgresql } from '@delivery/postgresql';
import autocannon from 'autocannon';
import postgres from 'postgres';
import {
  BARE,
  type Contender,
  FASTIFY,
  FLASK,
  missingForFlask,
  type RunningContender,
  startContender,
  TODO,
  tracedTodo,
} from './contenders.ts';

const CONNECTIONS = 32;
const TODOS = 100_000;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const STARTS = 7;

interface Operation {
  name: string;
  request: autocannon.Request;
}

const json = { 'content-type': 'application/json' };
const anyTodo = (): string => `/todos/${1 + Math.floor(Math.random() * TODOS)}`;
const withRandomPath = (request: autocannon.Request): autocannon.Request => ({ ...request, path: anyTodo() });

const OPERATIONS: Operation[] = [
  { name: 'read one', request: { method: 'GET', setupRequest: withRandomPath } },
  { name: `list 20 of ${TODOS.toLocaleString('en')}`, request: { method: 'GET', path: '/todos?limit=20' } },
  { name: 'create', request: { method: 'POST', path: '/todos', headers: json, body: '{"title":"buy milk"}' } },
  {
    name: 'update',
    request: { method: 'PATCH', headers: json, body: '{"completed":true}', setupRequest: withRandomPath },
  },
];

interface Measured {
  perSecond: number;
  p99Ms: number;
  /** CPU time of the service for one request. */
  cpuMicroseconds: number;
}

async function measure(running: RunningContender, request: autocannon.Request, seconds: number): Promise<Measured> {
  const before = await running.cpuSeconds();
  const result = await autocannon({
    url: running.url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [request],
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(`${running.name}: ${result.non2xx} refused, ${result.errors} failed, ${result.timeouts} timed out`);
  }
  const cpu = (await running.cpuSeconds()) - before;
  return {
    perSecond: result.requests.total / result.duration,
    p99Ms: result.latency.p99,
    cpuMicroseconds: (cpu * 1e6) / result.requests.total,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** How far the rounds of one run lie apart: half of them are between these two. */
function quartiles(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

const spread = (values: readonly number[]): string =>
  quartiles(values)
    .map((value) => value.toFixed(2))
    .join('-');

const print = (line = ''): void => void process.stdout.write(`${line}\n`);
const cell = (value: string | number, width: number): string =>
  (typeof value === 'number' ? value.toFixed(value < 10 ? 2 : 0) : value).padStart(width);

const misses: string[] = [];
function goal(what: string, actual: number, isMet: boolean, wanted: string): void {
  print(`  ${isMet ? 'met   ' : 'MISSED'}  ${what}: ${actual.toFixed(2)} (${wanted})`);
  if (!isMet) misses.push(what);
}

async function seed({ url }: PostgresqlServer): Promise<void> {
  const migrating = await startContender(TODO, url); // creates the schema
  await migrating.stop();
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql`insert into todos (title) select 'todo number ' || n from generate_series(1, ${TODOS}::int) n`;
  await sql`vacuum analyze todos`;
  await sql.end();
}

async function compareOperations(contenders: Contender[], databaseUrl: string): Promise<void> {
  const running: RunningContender[] = [];
  for (const contender of contenders) running.push(await startContender(contender, databaseUrl));
  const ratiosOf = new Map<string, number>();
  const cpuRatiosOf = new Map<string, number>();
  for (const { name, request } of OPERATIONS) {
    const figures = new Map<string, Measured[]>(running.map((each) => [each.name, []]));
    for (const each of running) await measure(each, request, 1); // warms up
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each round starts with another contender, so that none always follows the same one.
      const order = [...running.slice(round % running.length), ...running.slice(0, round % running.length)];
      for (const each of order) figures.get(each.name)?.push(await measure(each, request, SECONDS));
    }
    print(
      `\n${name.padEnd(20)} ${['requests/s', 'of bare', 'half within', 'p99 ms', 'CPU us', 'of bare', 'half within'].map((head) => cell(head, 12)).join('')}`,
    );
    const bare = figures.get('bare') ?? [];
    for (const [contender, measured] of figures) {
      const ratios = measured.map(({ perSecond }, round) => perSecond / (bare[round]?.perSecond ?? Number.NaN));
      // As of requests: more is better.
      const cpuRatios = measured.map(
        ({ cpuMicroseconds }, round) => (bare[round]?.cpuMicroseconds ?? Number.NaN) / cpuMicroseconds,
      );
      ratiosOf.set(`${contender} ${name}`, median(ratios));
      cpuRatiosOf.set(`${contender} ${name}`, median(cpuRatios));
      const row = [
        median(measured.map(({ perSecond }) => perSecond)),
        median(ratios),
        spread(ratios),
        median(measured.map(({ p99Ms }) => p99Ms)),
        median(measured.map(({ cpuMicroseconds }) => cpuMicroseconds)),
        median(cpuRatios),
        spread(cpuRatios),
      ];
      print(`${contender.padEnd(20)} ${row.map((value) => cell(value, 12)).join('')}`);
    }
  }

  print('\nGoals');
  const ratio = (contender: string, operation: string): number =>
    ratiosOf.get(`${contender} ${operation}`) ?? Number.NaN;
  for (const { name } of OPERATIONS) {
    const least = name === 'create' ? 0.8 : 0.9;
    const own = ratio('todo', name);
    if (name !== 'update') goal(`${name}, of the bare server's`, own, own >= least, `at least ${least}`);
    const traced = ratio('todo traced', name) / own;
    goal(`${name} with traces, of our own without`, traced, traced >= 0.75, 'at least 0.75');
    const ownCpu = cpuRatiosOf.get(`todo ${name}`) ?? Number.NaN;
    if (name === 'read one' || name.startsWith('list')) {
      goal(`${name} by CPU, of the bare server's`, ownCpu, ownCpu >= 0.9, 'at least 0.9');
    }
    const tracedCpu = (cpuRatiosOf.get(`todo traced ${name}`) ?? Number.NaN) / ownCpu;
    goal(`${name} with traces by CPU, of our own without`, tracedCpu, tracedCpu >= 0.75, 'at least 0.75');
    if (contenders.includes(FLASK)) {
      const times = own / ratio('flask', name);
      goal(`${name}, times Flask's`, times, times >= 8, 'at least 8');
    }
  }
  for (const each of running) {
    const peak = await each.peakMegabytes();
    if (each.name === 'todo') goal('memory at full load, MB', peak, peak <= 150, 'at most 150');
    else print(`          memory at full load of ${each.name}: ${peak.toFixed(0)} MB`);
    await each.stop();
  }
}

async function compareStarts(contenders: Contender[], databaseUrl: string): Promise<void> {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < STARTS; round += 1) {
    for (const contender of contenders) {
      const running = await startContender(contender, databaseUrl);
      times.get(contender.name)?.push(running.readyMs);
      await running.stop();
    }
  }
  const bare = median(times.get('bare') ?? []);
  for (const [name, readyMs] of times) {
    const [least, most] = quartiles(readyMs).map((ms) => ms.toFixed(0));
    print(
      `          ready after, ${name}: ${median(readyMs).toFixed(0)} ms, half of the starts within ${least}-${most}`,
    );
  }
  const ratio = median(times.get('todo') ?? []) / bare;
  goal("ready after, times the bare server's", ratio, ratio <= 2.5, 'at most 2.5');
}

execFileSync(process.execPath, ['build.ts'], { cwd: path.join(import.meta.dirname, '..'), stdio: 'inherit' });
// fsync is off: this measures the service, not the disk.
const server = await startPostgresql({ fsync: false, settings: { max_connections: '200' } });
const sink = await startContender(
  { name: 'sink', command: () => [process.execPath, path.join(import.meta.dirname, 'contenders/otlp-sink.mjs')] },
  server.url,
);
try {
  await seed(server);
  const missing = await missingForFlask();
  const traced = tracedTodo(sink.url);
  print(
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each, medians; ratios are taken within each round`,
  );
  if (missing !== undefined) print(`Flask is skipped: ${missing}.`);
  await compareOperations([BARE, TODO, traced, FASTIFY, ...(missing === undefined ? [FLASK] : [])], server.url);
  await compareStarts([BARE, TODO, traced], server.url);
  print(misses.length === 0 ? '\nEvery goal is met.' : `\n${misses.length} goal(s) missed.`);
} finally {
  await sink.stop();
  await server.stop();
}
