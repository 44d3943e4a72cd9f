import { createServer } from 'node:http';
import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { secret } from '../config.ts';
import { TerminalError, TransientError } from '../errors.ts';
import { createGitHubBudget } from './budget.ts';
import { createGitHubClients } from './client.ts';
import { toPromoterError } from './errors.ts';
import type { Installation } from './permissions.ts';

/** GitHub, as far as it says who may act: installations by repository, and tokens by installation. */
const world = {
  installations: new Map<string, { id: number; suspended_at: string | null }>(),
  lookUps: [] as string[],
  tokens: new Map<string, number>(),
  minted: 0,
};
const page = 'https://github.com/organizations/acme/settings/installations/1';
const server = createServer((request, response) => {
  const reply = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const url = request.url ?? '';
  const [, repository] = /^\/repos\/(.+)\/installation$/.exec(url) ?? [];
  const [, minting] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(url) ?? [];
  if (repository !== undefined) {
    world.lookUps.push(repository);
    const found = world.installations.get(repository);
    if (!found) return reply(404, { message: 'Not Found' });
    return reply(200, { ...found, html_url: page, account: { login: 'acme' }, permissions: {}, events: [] });
  }
  if (minting !== undefined) {
    const isThere = [...world.installations.values()].some(({ id }) => id === Number(minting));
    if (!isThere) return reply(404, { message: 'Not Found' });
    world.minted += 1;
    world.tokens.set(`ghs_${world.minted}`, Number(minting));
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    return reply(201, {
      token: `ghs_${world.minted}`,
      expires_at: inAnHour,
      permissions: {},
      repository_selection: 'all',
    });
  }
  const token = request.headers.authorization?.split(' ')[1] ?? '';
  return world.tokens.has(token)
    ? reply(200, { by: world.tokens.get(token) })
    : reply(401, { message: 'Bad credentials' });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const CONFIG = { owner: 'acme', name: 'config' };
const TODO = { owner: 'acme', name: 'todo' };

function start() {
  const seen: Installation[] = [];
  const clients = createGitHubClients({
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { kind: 'app', appId: 42, privateKey: secret(key) },
    budget: createGitHubBudget(() => new Date()),
    onRequest: () => undefined,
    onInstallation: (installation) => seen.push(installation),
  });
  const call = async (repository = CONFIG): Promise<unknown> => {
    try {
      const { rest } = await clients.forRepository(repository);
      return (await rest.repos.get({ owner: repository.owner, repo: repository.name })).data;
    } catch (error) {
      throw toPromoterError('read', error);
    }
  };
  return { clients, seen, call };
}

describe('the installation of a repository', () => {
  beforeEach(() => {
    world.installations = new Map([
      ['acme/config', { id: 1, suspended_at: null }],
      ['acme/todo', { id: 1, suspended_at: null }],
    ]);
    world.lookUps = [];
    world.tokens.clear();
    world.minted = 0;
  });

  it('is looked up once for all that ask at the same time, whatever the case of its name', async () => {
    const { call, seen } = start();

    await Promise.all([call(), call(), call({ owner: 'Acme', name: 'Config' })]);

    expect(world.lookUps).toHaveLength(1);
    expect(seen.map(({ id }) => id)).toEqual([1]);
  });

  it('is not taken for another repository of the owner, for the App may be installed for some alone', async () => {
    world.installations.delete('acme/todo');
    const { call } = start();

    await call();

    await expect(call(TODO)).rejects.toThrow('find the installation of the App for acme/todo: 404 Not Found');
    await expect(call()).resolves.toEqual({ by: 1 });
  });

  it('shares its token with the other repositories that it is installed for', async () => {
    const { call } = start();

    await call();
    await call(TODO);

    expect(world.lookUps).toEqual(['acme/config', 'acme/todo']);
    expect(world.minted).toBe(1);
  });

  it('is looked up again when it is gone, and has another id then', async () => {
    const { clients, call } = start();
    await clients.forRepository(CONFIG);
    world.installations.set('acme/config', { id: 2, suspended_at: null }).delete('acme/todo');

    await expect(call()).rejects.toBeInstanceOf(TransientError);
    await expect(call()).resolves.toEqual({ by: 2 });
    expect(world.lookUps).toHaveLength(2);
  });

  it('that is suspended is not one that is missing, and says what to do about it', async () => {
    world.installations.set('acme/config', { id: 1, suspended_at: '2026-11-25T10:00:00Z' });
    const { call } = start();

    const error: unknown = await call().catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({
      message: 'find the installation of the App for acme/config: it is suspended since 2026-11-25T10:00:00Z',
      whatToDo: `unsuspend it: ${page}`,
    });
  });

  it('is asked again on demand, which costs no new token', async () => {
    const { clients, call, seen } = start();
    await call();

    clients.lookUpAgain();
    await call();

    expect(seen).toHaveLength(2);
    expect(world.minted).toBe(1);
  });
});
