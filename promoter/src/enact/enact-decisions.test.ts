import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { CONFIG_URL, declare, environment, observed, release, sha, MERGING } from '../../test/fixtures.ts';
import { secret } from '../config.ts';
import type { Decision } from '../decide/promotion.ts';
import { createGitHubBudget } from '../github/budget.ts';
import { createGitHubClients } from '../github/client.ts';
import { createEnactor } from './enact-decisions.ts';

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data: null, errors: [{ type: 'STALE_DATA', message: 'another head' }] }));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

it('merges nothing that was decided of a base that another commit has replaced: a freeze may be in it', async () => {
  const [A, B] = [release('a'), release('b')];
  const todo = declare();
  const manifest = `images:\n  - name: ${A.image}\n    newTag: ${A.tag}\n    digest: ${A.digest}\n`;
  const about = { pipeline: 'todo', reason: 'every gate is open', from: A };
  const decisions: Decision[] = [
    { kind: 'promote', ...about, environment: 'dev', release: B, manifest: 'dev.yaml' },
    {
      kind: 'merge',
      ...about,
      environment: 'prod',
      release: A,
      number: 7,
      headOid: sha('9'),
      approvedBy: [],
      by: 'squash',
    },
  ];
  const github = createGitHubClients({
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { kind: 'token', token: secret('none') },
    budget: createGitHubBudget(() => new Date()),
    onRequest: () => undefined,
  });
  const repository = { owner: 'acme', name: 'config' };
  const { enact } = createEnactor({ github: () => github.forRepository(repository), repository, branch: 'main' });

  const enacted = await enact(decisions, {
    head: sha('f'),
    tree: sha('e'),
    repositoryId: 'R_1',
    url: CONFIG_URL,
    merging: MERGING,
    freezes: [],
    problems: [],
    recentCommits: [],
    recentRecords: [],
    pipelines: [observed(todo, [environment(todo, 'dev', A, { manifest }), environment(todo, 'prod', A)])],
  });

  expect(enacted).toEqual([{ kind: 'stale' }]);
  expect(asked).toEqual(['/graphql']);
});
