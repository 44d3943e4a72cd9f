// A real Prometheus, which scrapes the given targets every second and evaluates the repository's rules.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

const READY_DEADLINE_MS = 20_000;
const QUERY_DEADLINE_MS = 10_000;

export interface Scrape {
  job: string;
  port: number;
  labels: Record<string, string>;
}

export interface Series {
  metric: Record<string, string>;
  values: number[];
}

export interface RunningPrometheus {
  /** One value for each second since the start. @throws Error with what Prometheus answered. */
  query(expr: string): Promise<Series[]>;
  metricNames(): Promise<string[]>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

const Matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
});
const Names = z.object({ data: z.array(z.string()) });

export async function startPrometheus(
  folder: string,
  rules: readonly string[],
  scrapes: readonly Scrape[],
): Promise<RunningPrometheus> {
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: scrapes.map(({ job, port: target, labels }) => ({
      job_name: job,
      static_configs: [{ targets: [`127.0.0.1:${target}`], labels }],
    })),
  };
  const file = path.join(folder, 'prometheus.json'); // JSON is YAML
  await writeFile(file, JSON.stringify(config));
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ];
  const child: ChildProcess = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const started = Math.floor(Date.now() / 1000);
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (
    !(await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Prometheus did not start: ${said}`);
    }
    await wait(100);
  }
  const get = async (route: string, body: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(url + route, {
      method: 'POST',
      body: new URLSearchParams(body),
      signal: AbortSignal.timeout(QUERY_DEADLINE_MS),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  return {
    async query(expr) {
      const range = { start: String(started), end: String(Date.now() / 1000), step: '1' };
      const { data } = Matrix.parse(await get('/api/v1/query_range', { query: expr, ...range }));
      return data.result.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => Number(value)) }));
    },
    async metricNames() {
      const answer = await fetch(`${url}/api/v1/label/__name__/values`, {
        signal: AbortSignal.timeout(QUERY_DEADLINE_MS),
      });
      return Names.parse(await answer.json()).data;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
