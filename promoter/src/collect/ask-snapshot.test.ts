import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { declare, madeBySelf, sha, MERGE_SETTINGS } from '../../test/fixtures.ts';
import { secret } from '../config.ts';
import { TerminalError, TransientError } from '../errors.ts';
import { createGitHubBudget } from '../github/budget.ts';
import { createGitHubClients } from '../github/client.ts';
import { createSnapshotAsker } from './ask-snapshot.ts';
import type { EnvironmentRequest } from './snapshot-query.ts';

interface Asked {
  query: string;
  variables: Record<string, string>;
}

let answer: (asked: Asked) => { status?: number; body: object };
const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { status = 200, body } = answer(JSON.parse(await text(request)) as Asked);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};
const server = createServer((request, response) => void reply(request, response)).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

const REPOSITORY = { owner: 'acme', name: 'config' };
const clients = createGitHubClients({
  apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { kind: 'token', token: secret('none') },
  budget: createGitHubBudget(() => new Date()),
  onRequest: () => undefined,
});
const start = () =>
  createSnapshotAsker({
    github: () => clients.forRepository(REPOSITORY),
    repository: { ...REPOSITORY, branch: 'trunk', paths: ['promotion.yaml'] },
    onBound: () => undefined,
  });

const requestsOf = (count: number, promote = 'commit'): EnvironmentRequest[] => {
  const pipeline = declare({
    environments: Array.from({ length: count }, (_, at) => ({ name: `e${at}`, manifest: `${at}.yaml`, promote })),
  });
  return pipeline.environments.map((environment) => ({ pipeline, environment }));
};
const manifestsIn = ({ variables }: Asked): number =>
  Object.keys(variables).filter((name) => name.startsWith('manifest')).length;
/** An empty repository's answer to whatever was asked, and what was read of its environments. */
const repositoryFor = (asked: Asked, more: object = {}, head = sha('f')) => ({
  id: 'R_1',
  databaseId: 7,
  nameWithOwner: 'acme/config',
  url: 'https://github.com/acme/config',
  isArchived: false,
  ...MERGE_SETTINGS,
  defaultBranchRef: { name: 'main' },
  ref: {
    target: {
      oid: head,
      message: '',
      committedDate: '',
      ...madeBySelf,
      tree: { oid: sha('e') },
      history: { nodes: [] },
      config0: null,
      ...Object.fromEntries(Array.from({ length: manifestsIn(asked) }, (_, at) => [`manifest${at}`, null])),
    },
  },
  ...more,
});

describe('a snapshot of 250 environments', () => {
  it('is two requests, and as many of half the size as it takes after GitHub failed', async () => {
    const sizes: number[] = [];
    let failures = 0;
    answer = (asked) => {
      sizes.push(manifestsIn(asked));
      if (failures-- > 0) return { status: 502, body: { message: 'Server Error' } };
      return { body: { data: { repository: repositoryFor(asked) } } };
    };
    const ask = start();

    expect((await ask(requestsOf(250))).environments).toHaveLength(250);
    failures = 1;
    await expect(ask(requestsOf(250))).rejects.toBeInstanceOf(TransientError);
    expect((await ask(requestsOf(250))).environments).toHaveLength(250);
    expect(sizes).toEqual([200, 50, 200, 100, 100, 50]);
  });

  it('is read again where the branch moved between two requests', async () => {
    let reads = 0;
    answer = (asked) => ({ body: { data: { repository: repositoryFor(asked, {}, sha(String((reads += 1)))) } } });

    await expect(start()(requestsOf(250))).rejects.toThrow('trunk moved between two pages');
  });
});

describe('a snapshot', () => {
  const forbidden = (...path: (string | number)[]) => ({ type: 'FORBIDDEN', path, message: 'Resource not accessible' });

  it('has what may be read, and the paths of the rest', async () => {
    const closed = { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] };
    answer = (asked) => ({
      body: {
        data: { repository: repositoryFor(asked, { branch0: null, closed0: closed }) },
        errors: [forbidden('repository', 'branch0', 'nodes', 0, 'statusCheckRollup')],
      },
    });

    const read = await start()(requestsOf(1, 'pull-request'));

    expect(read.forbidden).toEqual([['repository', 'branch0', 'nodes', 'statusCheckRollup']]);
    expect(read.environments[0]?.areChecksForbidden).toBe(true);
  });

  it.each([
    [
      'the branch that is missing, and the default one',
      { ref: null },
      [],
      'read acme/config: there is no branch trunk',
      'set CONFIG_BRANCH=main, its default branch',
    ],
    [
      'the default branch that is missing too',
      { ref: null, defaultBranchRef: null },
      [],
      'read acme/config: there is no branch trunk',
      'make a first commit',
    ],
    [
      'the permission for what it cannot do without',
      { branch0: null, closed0: null },
      [forbidden('repository', 'closed0')],
      'read acme/config: GitHub does not let us read repository.closed0',
      'grant the App Pull requests: write',
    ],
  ])('that fails names %s', async (_case, more, errors, message, whatToDo) => {
    answer = (asked) => ({
      body: { data: { repository: repositoryFor(asked, more) }, ...(errors.length > 0 ? { errors } : {}) },
    });

    const error: unknown = await start()(requestsOf(1, 'pull-request')).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({ message, whatToDo });
  });
});
