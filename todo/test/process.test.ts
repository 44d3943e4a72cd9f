// The life of the process: what it starts without, what it survives, and how it stops.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, type PostgresqlServer, startPostgresql } from '@delivery/postgresql';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Service, startService } from './service.ts';

const running: Service[] = [];
async function start(...settings: Parameters<typeof startService>): Promise<Service> {
  const service = await startService(...settings);
  running.push(service);
  return service;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop('SIGKILL')));
});

const post = (url: string, title: string): Promise<Response> =>
  fetch(`${url}/todos`, {
    method: 'POST',
    body: JSON.stringify({ title }),
    headers: { 'content-type': 'application/json' },
  });
const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

describe('on PGlite', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'todo-process-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('keeps acknowledged writes when it is killed, and stops cleanly on SIGTERM', async () => {
    const service = await start({ DATA_DIRECTORY: directory });
    await post(service.url, 'survives');
    await service.stop('SIGKILL');

    await service.start();
    const list = (await (await fetch(`${service.url}/todos`)).json()) as { title: string }[];

    expect(list.map((todo) => todo.title)).toEqual(['survives']);
    expect(await service.stop('SIGTERM')).toBe(0);
  });

  it('refuses a data folder that another process has open, and names that process', async () => {
    await writeFile(path.join(directory, 'lock'), String(process.pid));

    await expect(startService({ DATA_DIRECTORY: directory })).rejects.toThrow(`in use by process ${process.pid}`);
  });

  it('closes event streams when it stops, so that they do not delay it', async () => {
    const service = await start({ DATA_DIRECTORY: directory });
    const stream = await fetch(`${service.url}/events`);

    const stopped = service.stop('SIGTERM');

    expect(await stream.text()).toContain('event: changed');
    expect(await stopped).toBe(0);
  });
});

it('keeps metrics off the public port when they have one of their own', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'todo-process-'));
  const metricsPort = await freePort();
  const service = await start({ DATA_DIRECTORY: directory, METRICS_PORT: String(metricsPort) });
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;

  expect(await statusOf(`${service.url}/metrics`)).toBe(404);
  expect(await (await fetch(`${metricsUrl}/metrics`)).text()).toContain('nodejs_eventloop_lag_seconds');
  expect(await statusOf(`${metricsUrl}/todos`)).toBe(404);

  expect(await service.stop('SIGTERM')).toBe(0);
  await rm(directory, { recursive: true });
});

describe('while 32 clients keep their connections open', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'todo-process-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it.each(['0', '1', '2'])('a stop with DRAIN_SECONDS=%s resets no request that was accepted', async (drainSeconds) => {
    const service = await start({ DATA_DIRECTORY: directory, DRAIN_SECONDS: drainSeconds });
    const clients = startClients(service.url, 32);
    await clients.answered(2_000);

    expect(await service.stop('SIGTERM')).toBe(0);

    expect(await clients.refused()).toEqual([]);
  });

  it('a stop does not wait for connections that carry no request', async () => {
    const service = await start({ DATA_DIRECTORY: directory });
    const { port } = new URL(service.url);
    const silent = connect(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    const closed = once(silent, 'close');

    expect(await service.stop('SIGTERM')).toBe(0);

    await closed;
    expect(service.log.map(({ msg }) => msg)).not.toContain('did not stop in time');
  });
});

describe('on PostgreSQL', () => {
  let server: PostgresqlServer;
  beforeAll(async () => {
    server = await startPostgresql({ settings: { max_connections: '200' } });
  });
  afterAll(() => server.stop());

  it('lets replicas start at the same time: they migrate under one lock', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => start({ DATABASE_URL: server.url })));

    const migrated = replicas.filter(({ log }) => log.some(({ msg }) => msg === 'migrated'));

    expect(migrated.length).toBeGreaterThan(0);
    expect(await Promise.all(replicas.map(({ url }) => statusOf(`${url}/readyz`)))).toEqual([200, 200, 200]);
  });

  it('waits for migrations that another process applies, if configured so', async () => {
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    await sql`create database waiting`;
    await sql.end();
    const url = server.url.replace(/postgres$/, 'waiting');
    const service = await start({ DATABASE_URL: url, MIGRATIONS: 'wait' }, { until: 'waiting for migrations' });
    expect(await statusOf(`${service.url}/readyz`)).toBe(503);
    expect(await statusOf(`${service.url}/todos`)).toBe(503);

    await start({ DATABASE_URL: url }, { program: 'src/migrate.ts', until: 'the database is up to date' });

    await service.logged('ready');
    expect(await statusOf(`${service.url}/todos`)).toBe(200);
  });

  it('notifies pages on one replica of changes on another', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => start({ DATABASE_URL: server.url })));
    const stream = await fetch(`${one?.url ?? ''}/events`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();

    await post(other?.url ?? '', 'from the other');

    expect((await reader?.read())?.value).toContain('event: changed');
    await reader?.cancel();
  });

  it('does not start with wrong credentials, and reports them', async () => {
    const wrong = server.url.replace('postgres@', 'nobody@');

    await expect(startService({ DATABASE_URL: wrong })).rejects.toThrow('role "nobody" does not exist');
  });

  it('answers 503 with Retry-After instead of queueing without a limit, and for a cancelled statement', async () => {
    const service = await start({ DATABASE_URL: server.url, DATABASE_MAX_PENDING: '5', STATEMENT_TIMEOUT_MS: '300' });
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    const responses = await sql.begin(async (transaction) => {
      await transaction`lock table todos`;
      return Promise.all(Array.from({ length: 40 }, () => fetch(`${service.url}/todos`)));
    });
    const problems = (await Promise.all(responses.map((response) => response.json()))) as { detail: string }[];

    expect(responses.map(({ status }) => status)).toEqual(Array(40).fill(503));
    expect(responses.map(({ headers }) => headers.get('retry-after'))).toEqual(Array(40).fill('1'));
    expect(problems.filter(({ detail }) => detail.includes('5 requests are already waiting')).length).toBe(35);
    expect(problems.filter(({ detail }) => detail.includes('57014')).length).toBe(5);
    expect(await statusOf(`${service.url}/livez`)).toBe(200);
    expect(await statusOf(`${service.url}/todos`)).toBe(200);
    await sql.end();
  });

  it('stays ready while a locked table keeps every connection of its requests waiting', async () => {
    const env = { DATABASE_URL: server.url, DATABASE_POOL_SIZE: '2', STATEMENT_TIMEOUT_MS: '60000' };
    const service = await start(env);
    const sql = postgres(server.url, { max: 2, onnotice: () => undefined });
    const blocked = () =>
      sql`select 1 from pg_stat_activity where application_name = 'todo' and wait_event_type = 'Lock'`;
    const { waiting, status } = await sql.begin(async (transaction) => {
      await transaction`lock table todos`;
      const requests = Array.from({ length: 4 }, () => fetch(`${service.url}/todos`));
      await expect.poll(async () => (await blocked()).length, { timeout: 20_000 }).toBe(2);
      return { waiting: requests, status: await statusOf(`${service.url}/readyz`) };
    });

    expect(status).toBe(200);
    expect((await Promise.all(waiting)).map((response) => response.status)).toEqual([200, 200, 200, 200]);
    await sql.end();
  });

  it('closes a connection whose other end fell silent, and opens new ones', async () => {
    const link = await startLink(server.url);
    const service = await start({ DATABASE_URL: link.url, STATEMENT_TIMEOUT_MS: '300' });
    expect(await statusOf(`${service.url}/todos`)).toBe(200);

    link.silence();
    const during = await fetch(`${service.url}/todos`);

    expect(during.status).toBe(503);
    expect(await during.text()).toMatch(/CONNECTION_CLOSED|did not answer/);
    await expect.poll(() => statusOf(`${service.url}/todos`), { timeout: 10_000 }).toBe(200);
    await service.stop();
    link.close();
  });

  it('loses no request while replicas are replaced under load', async () => {
    const env = { DATABASE_URL: server.url, DRAIN_SECONDS: '1' };
    const [one, other] = await Promise.all([start(env), start(env)]);
    if (!one || !other) throw new Error('two replicas were started');
    const load = balanceLoad([one.url, other.url]);

    await load.answered(500);
    expect(await one.stop('SIGTERM')).toBe(0);
    await load.answered(500);
    await one.start();
    await load.ready(one.url);
    expect(await other.stop('SIGTERM')).toBe(0);
    await load.answered(500);

    const { answers, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(1_500);
  });
});

it('starts without its database, live but not ready, and becomes ready with the database', async () => {
  const server = await startPostgresql();
  await server.kill();
  const service = await start({ DATABASE_URL: server.url }, { until: 'waiting for the database' });
  expect(await statusOf(`${service.url}/livez`)).toBe(200);
  expect(await statusOf(`${service.url}/readyz`)).toBe(503);
  expect(await statusOf(`${service.url}/todos`)).toBe(503);

  await server.start();
  await service.logged('ready');
  expect(await statusOf(`${service.url}/readyz`)).toBe(200);

  await service.stop();
  await server.stop();
});

interface Link {
  url: string;
  /** From now on open connections carry no more data; new ones work. */
  silence(): void;
  close(): void;
}

/** A proxy between the service and PostgreSQL that can fail like a network. */
async function startLink(target: string): Promise<Link> {
  const { port } = new URL(target);
  const open = new Set<Socket>();
  const link = createServer((near) => {
    const far = connect(Number(port), '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(link, 'listening');
  const address = link.address() as { port: number };
  return {
    url: target.replace(`:${port}/`, `:${address.port}/`),
    silence() {
      for (const socket of open) socket.unpipe().removeAllListeners('data').resume();
    },
    close() {
      for (const socket of open) socket.destroy();
      link.close();
    },
  };
}

interface Clients {
  /** Resolves once this many more requests were answered. */
  answered(count: number): Promise<void>;
  /** Resolves once every client was refused a connection; with the other errors that they met. */
  refused(): Promise<string[]>;
}

/** Each sends one request after another on one connection, most at once and some after a moment, until it is refused a connection. */
function startClients(url: string, count: number): Clients {
  const LONGEST_PAUSE_MS = 20;
  let answers = 0;
  const failures: string[] = [];
  const work = async (client: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = client; ; turn += 1) {
      const outcome = await statusThrough(agent, `${url}/livez`).catch(
        (error: NodeJS.ErrnoException) => error.code ?? '',
      );
      if (outcome === 'ECONNREFUSED') break;
      if (outcome === 200) answers += 1;
      else failures.push(String(outcome));
      if (turn % 4 === 0) await pause(turn % LONGEST_PAUSE_MS);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: count }, (_, client) => work(client));
  return {
    async answered(more) {
      const goal = answers + more;
      await expect.poll(() => answers, { timeout: 60_000 }).toBeGreaterThan(goal);
    },
    async refused() {
      await Promise.all(clients);
      return failures;
    },
  };
}

function statusThrough(agent: Agent, url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(url, { agent }, (response) => {
    response.resume().once('end', () => resolve(response.statusCode ?? 0));
  })
    .once('error', reject)
    .end();
  return promise;
}

interface Load {
  /** Resolves once this many more requests were answered. */
  answered(count: number): Promise<void>;
  ready(url: string): Promise<void>;
  stop(): Promise<{ answers: number; failures: string[] }>;
}

/** Sends requests like a load balancer: over keep-alive connections, to the replicas that are ready. */
function balanceLoad(urls: readonly string[]): Load {
  const PROBE_MS = 100;
  const WORKERS = 8;
  let ready = new Set(urls);
  let answers = 0;
  const stopping = new AbortController();
  const failures: string[] = [];
  const agent = new Agent({ keepAlive: true });

  const probe = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const states = await Promise.all(urls.map((url) => statusOf(`${url}/readyz`).catch(() => 0)));
      ready = new Set(urls.filter((_url, index) => states[index] === 200));
      await pause(PROBE_MS);
    }
  };
  const work = async (worker: number): Promise<void> => {
    for (let turn = worker; !stopping.signal.aborted; turn += 1) {
      const [...targets] = ready;
      const target = targets[turn % targets.length];
      if (target === undefined) failures.push('no replica was ready');
      else {
        const outcome = await statusThrough(agent, `${target}/todos?limit=1`).catch(String);
        if (outcome === 200) answers += 1;
        else failures.push(`${target}: ${outcome}`);
      }
    }
  };
  const workers = [probe(), ...Array.from({ length: WORKERS }, (_, worker) => work(worker))];
  return {
    async answered(count) {
      const goal = answers + count;
      await expect.poll(() => answers, { timeout: 30_000 }).toBeGreaterThan(goal);
    },
    async ready(url) {
      await expect.poll(() => ready.has(url), { timeout: 30_000 }).toBe(true);
    },
    async stop() {
      stopping.abort();
      await Promise.all(workers);
      agent.destroy();
      return { answers, failures: [...new Set(failures)] };
    },
  };
}
