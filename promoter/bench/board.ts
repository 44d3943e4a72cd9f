// The board with 600 environments against a bare page of the same size: the same rows of escaped text, without the board's structure.
// README.md in this folder says how to read it.
import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { boardRoutes } from '../src/show/board-routes.ts';
import type { BoardView, EnvironmentView } from '../src/show/board.ts';
import { createChanges } from '../src/show/changes.ts';
import { createTimelines } from '../src/record/timelines.ts';

const PIPELINES = 200;
const NAMES = ['dev', 'staging', 'prod'];
const ROUNDS = 40;

function environment(pipeline: number, name: string): EnvironmentView {
  const release = {
    image: `ghcr.io/acme/service-${pipeline}`,
    tag: `main-${pipeline}-3f2a9c1`,
    digest: `sha256:${pipeline.toString(16).padStart(64, '0')}`,
    commit: 'c'.repeat(40),
  };
  return {
    name,
    after: [],
    runs: release,
    traceId: pipeline.toString(16).padStart(32, '0'),
    since: '2026-11-23T10:00:00Z',
    commitUrl: 'https://github.com/acme/config/commit/3f2a9c1',
    rollout: { state: 'healthy', digest: release.digest, since: '2026-11-23T10:01:00Z' },
    decision: name === 'prod' ? 'hold' : 'up to date',
    reason: `runs ${release.tag}`,
    next: name === 'prod' ? release : undefined,
    gates:
      name === 'prod'
        ? [{ name: 'approval', isMet: false, text: 'waits for a review by team release-managers', until: undefined }]
        : [],
    pullRequest:
      name === 'prod'
        ? { number: pipeline, url: 'https://github.com/acme/config/pull/1', tag: release.tag }
        : undefined,
  };
}

const board: BoardView = {
  configUrl: 'https://github.com/acme/config',
  head: 'c'.repeat(40),
  access: [],
  pipelines: Array.from({ length: PIPELINES }, (_, index) => ({
    name: `service-${index}`,
    image: `ghcr.io/acme/service-${index}`,
    source: `acme/service-${index}`,
    sourceUrl: `https://github.com/acme/service-${index}`,
    at: '2026-11-23T10:00:00Z',
    environments: NAMES.map((name) => environment(index, name)),
  })),
  problems: [],
  activity: [],
  clusterProblem: undefined,
  bounds: [],
};
const full = boardRoutes({
  board: { view: () => board },
  lastRead: { config: () => undefined, pipelines: () => [] },
  timelines: createTimelines(),
  changes: createChanges(),
  templates: { traceUrl: undefined, argocdUrl: undefined },
  clock: () => new Date(),
});
const size = (await (await full.request('/')).text()).length;

/** As many rows of as much text as make the same number of characters. */
const text = 'waits for a review by team release-managers & "others"';
const row = (await html`<li>${text}</li>`).toString();
const rows = Array.from({ length: Math.round(size / row.length) }, () => text);
const bare = new Hono().get('/', (c) =>
  c.html(
    html`<!doctype html>
      <ul>
        ${rows.map((each) => html`<li>${each}</li>`)}
      </ul>`,
  ),
);

async function serve(app: {
  fetch: (request: Request) => Response | Promise<Response>;
}): Promise<{ url: string; close(): void }> {
  const server = createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}

async function time(url: string): Promise<number> {
  const started = performance.now();
  await (await fetch(url)).arrayBuffer();
  return performance.now() - started;
}

const median = (values: number[]): number =>
  values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

const pages = { board: await serve(full), bare: await serve(bare) };
const times = { board: [] as number[], bare: [] as number[] };
for (let index = 0; index < ROUNDS; index += 1) {
  for (const name of ['board', 'bare'] as const) {
    const ms = await time(pages[name].url);
    if (index >= ROUNDS / 4) times[name].push(ms); // the first ones warm up
  }
}
for (const { close } of Object.values(pages)) close();
const [boardMs, bareMs] = [median(times.board), median(times.bare)];
process.stdout.write(
  `${PIPELINES * NAMES.length} environments, ${Math.round(size / 1024)} KiB: board ${boardMs.toFixed(1)} ms, bare page ${bareMs.toFixed(1)} ms, ratio ${(boardMs / bareMs).toFixed(2)} (goal 5)\n`,
);
process.exit(0);
