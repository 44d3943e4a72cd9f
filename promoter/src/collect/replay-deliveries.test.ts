// A real server that answers as GitHub does for the hooks of two source repositories.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { declare, release } from '../../test/fixtures.ts';
import { secret } from '../config.ts';
import { createGitHubBudget } from '../github/budget.ts';
import { createGitHubClients } from '../github/client.ts';
import { createReplayer } from './replay-deliveries.ts';

const pipelines = ['todo', 'shop'].map((name) =>
  declare({ name, image: `ghcr.io/acme/${name}`, source: `acme/${name}` }),
);
const published = (name: string) => {
  const { tag, digest } = release('a');
  return {
    action: 'published',
    registry_package: {
      name,
      namespace: 'acme',
      package_type: 'CONTAINER',
      package_version: { version: digest, container_metadata: { tag: { name: tag } } },
    },
  };
};
const delivery = {
  id: 1,
  guid: 'guid',
  delivered_at: '2026-11-23T12:00:00Z',
  status: 'timed out',
  event: 'registry_package',
};
const answers = (name: string): [string, unknown][] => [
  [`/repos/acme/${name}/hooks`, [{ id: 7, config: { url: 'https://promoter.example/webhooks/github' } }]],
  [`/repos/acme/${name}/hooks/7/deliveries`, [delivery]],
  [`/repos/acme/${name}/hooks/7/deliveries/1`, { request: { payload: published(name) } }],
];
const known = new Map(['todo', 'shop'].flatMap(answers));

/** By path: what is refused, with how many seconds to wait. */
const refused = new Map<string, number>();
const server = createServer(({ url = '' }, response) => {
  const { pathname } = new URL(url, 'http://github.example');
  const seconds = refused.get(pathname);
  response.setHeader('content-type', 'application/json');
  if (seconds === undefined) return void response.end(JSON.stringify(known.get(pathname)));
  response.writeHead(403, { 'retry-after': String(seconds) });
  return void response.end(JSON.stringify({ message: 'slow down' }));
});
let apiUrl = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});
beforeEach(() => refused.clear());

function start() {
  const github = createGitHubClients({
    apiUrl,
    credentials: { kind: 'token', token: secret('token') },
    budget: createGitHubBudget(() => new Date()),
    onRequest: () => undefined,
  });
  const replayer = createReplayer({
    app: github.app,
    github: github.forRepository,
    context: { owner: 'acme', name: 'config', branch: 'main' },
    onFact: () => undefined,
    onUnreadable: () => undefined,
    onBound: () => undefined,
    onWarning: () => undefined,
  });
  return async () => {
    const { releases, recovered, lost, failure } = await replayer.replay(pipelines);
    return { images: releases.map(({ image }) => image), recovered, lost, waitMs: failure?.retryAfterMs };
  };
}

describe('a replay of several logs', () => {
  it.each([
    ['whose deliveries cannot be listed', '/repos/acme/shop/hooks/7/deliveries'],
    ['whose hooks cannot be listed', '/repos/acme/shop/hooks'],
  ])('keeps what the others hold when there is one %s, and has its own with the next', async (_case, path) => {
    const replay = start();
    refused.set(path, 7);
    expect(await replay()).toEqual({ images: ['ghcr.io/acme/todo'], recovered: 1, lost: 1, waitMs: 7_000 });
    refused.clear();

    expect(await replay()).toMatchObject({ images: ['ghcr.io/acme/shop'], recovered: 1, lost: 2, waitMs: undefined });
    expect(await replay()).toMatchObject({ images: [], recovered: 0 });
  });

  it('says the longest wait that it was asked for', async () => {
    const replay = start();
    refused.set('/repos/acme/todo/hooks/7/deliveries/1', 7);
    refused.set('/repos/acme/shop/hooks/7/deliveries', 90);

    expect(await replay()).toMatchObject({ images: [], waitMs: 90_000 });
  });
});
