import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { secret } from '../config.ts';
import { TransientError } from '../errors.ts';
import { createGitHubBudget } from './budget.ts';
import { createGitHubClients } from './client.ts';

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"data":{}}');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

const REPOSITORY = { owner: 'acme', name: 'config' };
const commit = (name: string): string => `mutation ${name} { createCommitOnBranch { clientMutationId } }`;

describe('the budget of content-creating requests', () => {
  const start = async (spent: number) => {
    const budget = createGitHubBudget(() => new Date());
    for (let time = 0; time < spent; time += 1) budget.spend('before');
    const operations: string[] = [];
    const clients = createGitHubClients({
      apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { kind: 'token', token: secret('none') },
      budget,
      onRequest: (operation) => void operations.push(operation),
    });
    return { budget, operations, github: await clients.forRepository(REPOSITORY) };
  };

  it('is spent by commits, branches and pull requests, not by what is read or merged', async () => {
    const { budget, github } = await start(0);
    const left = budget.left();

    await github.graphql('query Snapshot { viewer { login } }');
    await github.rest.pulls.merge({ owner: 'acme', repo: 'config', pull_number: 7 });
    expect(left - budget.left()).toBe(0);
    await github.graphql(commit('CommitToBranch'));
    await github.rest.git.createRef({ owner: 'acme', repo: 'config', ref: 'refs/heads/x', sha: '' });
    expect(left - budget.left()).toBe(2);
  });

  it('has a reserve that only a direct commit, and so a rollback, may use', async () => {
    const { github, operations } = await start(70);

    await expect(github.graphql(commit('CommitToBranch'))).rejects.toBeInstanceOf(TransientError);
    await expect(
      github.rest.pulls.create({ owner: 'acme', repo: 'config', head: 'x', base: 'main', title: 'y' }),
    ).rejects.toThrow('10 more are kept for direct commits and rollbacks');
    await github.graphql(commit('CommitDirectly'));
    expect(operations).toEqual(['graphql CommitDirectly']);
  });
});
