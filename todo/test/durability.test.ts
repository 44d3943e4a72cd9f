// While PostgreSQL and the service are killed and restarted, writers write and a reader reads:
// every acknowledged write must be there from then on, and exactly once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgresql } from '@delivery/postgresql';
import { expect, it } from 'vitest';
import { type Service, startService } from './service.ts';

const WRITERS = 4;
const TIMEOUT_MS = 120_000;

interface Witness {
  acknowledged: ReadonlySet<string>;
  /** Resolves once this many more writes were acknowledged. */
  progress(writes: number): Promise<void>;
  /** Stops the writers and the reader. @returns what the reader saw and should not have. */
  stop(): Promise<{ reads: number; violations: string[] }>;
}

async function readTitles(url: string): Promise<string[]> {
  const titles: string[] = [];
  let next: string | undefined = `${url}/todos?limit=1000`;
  while (next !== undefined) {
    const response: Response = await fetch(next);
    if (!response.ok) throw new Error(`${next}: ${response.status}`);
    titles.push(...((await response.json()) as { title: string }[]).map(({ title }) => title));
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return titles;
}

function watch(url: string): Witness {
  const acknowledged = new Set<string>();
  const violations: string[] = [];
  let reads = 0;
  const stopping = new AbortController();

  /** Sends a todo until it is acknowledged, as a client does that wants it exactly once. */
  async function write(title: string): Promise<void> {
    const key = crypto.randomUUID();
    while (!stopping.signal.aborted) {
      const response = await fetch(`${url}/todos`, {
        method: 'POST',
        body: JSON.stringify({ title }),
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
      }).catch(() => undefined);
      if (response?.status === 201) {
        acknowledged.add(title);
        return;
      }
      if (response && response.status !== 503) violations.push(`a write was answered ${response.status}`);
      await pause(20);
    }
  }
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted; n += 1) await write(`writer ${name}, todo ${n}`);
  };
  const reader = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const before = [...acknowledged];
      const titles = await readTitles(url).catch(() => undefined);
      if (titles) {
        reads += 1;
        const seen = new Set(titles);
        violations.push(...before.filter((title) => !seen.has(title)).map((title) => `lost: ${title}`));
        if (seen.size < titles.length) violations.push(`${titles.length - seen.size} todos are there twice`);
      } else await pause(20);
    }
  };
  const workers = [reader(), ...Array.from({ length: WRITERS }, (_, name) => writer(name))];
  return {
    acknowledged,
    async progress(writes) {
      const goal = acknowledged.size + writes;
      await expect.poll(() => acknowledged.size, { timeout: TIMEOUT_MS / 4 }).toBeGreaterThan(goal);
    },
    async stop() {
      stopping.abort();
      await Promise.all(workers);
      return { reads, violations };
    },
  };
}

/** Kills in turn while todos are written and read. @param restarts each kills something without warning and starts it again. */
async function surviveKills(service: Service, restarts: readonly (() => Promise<void>)[]): Promise<void> {
  const witness = watch(service.url);
  try {
    for (let round = 0; round < 3; round += 1) {
      for (const restart of restarts) {
        await witness.progress(50);
        await restart();
      }
    }
    await witness.progress(50);
  } finally {
    await witness.stop();
  }
  const { reads, violations } = await witness.stop();
  const titles = await readTitles(service.url);

  expect(violations).toEqual([]);
  expect(reads).toBeGreaterThan(0);
  expect(new Set(titles).size).toBe(titles.length);
  expect([...witness.acknowledged].filter((title) => !titles.includes(title))).toEqual([]);
}

async function restartService(service: Service): Promise<void> {
  await service.stop('SIGKILL');
  await service.start();
}

it(
  'on PostgreSQL, while it and the service are killed in turn',
  async () => {
    const server = await startPostgresql({ fsync: true });
    const service = await startService({ DATABASE_URL: server.url });
    const restartServer = async (): Promise<void> => {
      await server.kill();
      await server.start();
    };
    try {
      await surviveKills(service, [restartServer, () => restartService(service)]);
    } finally {
      await service.stop();
      await server.stop();
    }
  },
  TIMEOUT_MS,
);

it(
  'on PGlite, while the service is killed',
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'todo-durability-'));
    const service = await startService({ DATA_DIRECTORY: directory });
    try {
      await surviveKills(service, [() => restartService(service)]);
    } finally {
      await service.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
  TIMEOUT_MS,
);
