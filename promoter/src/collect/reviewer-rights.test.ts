import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { secret } from '../config.ts';
import type { Approval } from '../decide/pipeline.ts';
import { createGitHubBudget } from '../github/budget.ts';
import { createGitHubClients } from '../github/client.ts';
import { createReviewerRights } from './reviewer-rights.ts';

let answer: { status: number; body: object } = { status: 200, body: {} };
const server = createServer((_request, response) => {
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

const repository = { owner: 'acme', name: 'config' };
const github = createGitHubClients({
  apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { kind: 'token', token: secret('none') },
  budget: createGitHubBudget(() => new Date()),
  onRequest: () => undefined,
});
const { hasRight } = createReviewerRights(() => github.forRepository(repository), repository);
const byTeam: Approval = { team: 'managers', permission: 'write', count: 1, excludeAuthors: false };
const byPermission: Approval = { permission: 'maintain', count: 1, excludeAuthors: false };

describe('the right of a reviewer', () => {
  it.each<[string, Approval, number, object, boolean | undefined]>([
    ['a member of the team', byTeam, 200, { state: 'active' }, true],
    ['somebody who was invited to it', byTeam, 200, { state: 'pending' }, false],
    ['nobody of it', byTeam, 404, { message: 'Not Found' }, false],
    [
      'unknown where the App may not read teams',
      byTeam,
      403,
      { message: 'Resource not accessible by integration' },
      undefined,
    ],
    ['enough', byPermission, 200, { role_name: 'admin' }, true],
    ['not enough', byPermission, 200, { role_name: 'write' }, false],
    ['of a role of their own, which says nothing', byPermission, 200, { role_name: 'deployer' }, false],
  ])('is that of %s', async (_who, approval, status, body, expected) => {
    answer = { status, body };

    expect(await hasRight('rene', approval)).toBe(expected);
  });

  it('is asked again where GitHub fails for a moment', async () => {
    answer = { status: 502, body: { message: 'Server Error' } };

    await expect(hasRight('rene', byTeam)).rejects.toThrow('read the rights of rene: 502');
  });
});
