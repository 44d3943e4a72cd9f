// What becomes of decisions, by GitHub's own answers.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CONFIG_URL,
  declare,
  environment,
  MERGING,
  observed,
  pullRequest,
  record,
  release,
  sha,
} from '../../test/fixtures.ts';
import { secret } from '../config.ts';
import type { Decision, PullRequest } from '../decide/promotion.ts';
import { createGitHubBudget } from '../github/budget.ts';
import { createGitHubClients } from '../github/client.ts';
import type { Enacted } from '../trace/facts.ts';
import { createEnactor } from './enact-decisions.ts';

interface Answer {
  status?: number;
  body: object;
}
const asked: { operation: string; body: string }[] = [];
let answer: (operation: string, body: string) => Answer;

const server = createServer((request, response) => {
  const reply = async (): Promise<void> => {
    const body = await text(request);
    const name = /mutation (\w+)/.exec(body)?.[1];
    const operation = name ?? `${request.method} ${request.url}`;
    asked.push({ operation, body });
    const { status = 200, body: answered } = answer(operation, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  };
  reply().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());
beforeEach(() => {
  asked.length = 0;
  committed = 0;
});

const graphqlError = (type: string, message: string): Answer => ({ body: { data: null, errors: [{ type, message }] } });
let committed = 0;
const commit = (): Answer => {
  committed += 1;
  const oid = String(committed).repeat(40);
  return { body: { data: { createCommitOnBranch: { commit: { oid, url: '', committedDate: '' } } } } };
};
const RULE = 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n';

const [A, B] = [release('a'), release('b')];
const pipelines = ['one', 'two'].map((name) =>
  declare({
    name,
    environments: [
      { name: 'dev', manifest: `${name}.yaml` },
      { name: 'prod', after: ['dev'], manifest: `${name}-prod.yaml`, promote: 'pull-request' },
    ],
  }),
);
const manifest = `images:\n  - name: ${A.image}\n    newTag: ${A.tag}\n    digest: ${A.digest}\n`;
const about = (pipeline: string, name: string) => ({
  pipeline,
  environment: name,
  reason: 'every gate is open',
  from: A,
});
const promote = (pipeline: string): Decision => ({
  kind: 'promote',
  ...about(pipeline, 'dev'),
  release: B,
  manifest: `${pipeline}.yaml`,
});
const merge: Decision = {
  kind: 'merge',
  ...about('one', 'prod'),
  release: B,
  number: 7,
  headOid: sha('9'),
  approvedBy: [],
  by: 'squash',
  body: '',
};

function enact(decisions: readonly Decision[], pull: Partial<PullRequest> = {}): Promise<Enacted[]> {
  const github = createGitHubClients({
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { kind: 'token', token: secret('none') },
    budget: createGitHubBudget(() => new Date()),
    onRequest: () => undefined,
  });
  const repository = { owner: 'acme', name: 'config' };
  const enactor = createEnactor({ github: () => github.forRepository(repository), repository, branch: 'main' });
  const open = pullRequest({ record: record('prod', B), body: 'text', ...pull });
  return enactor.enact(decisions, {
    head: sha('f'),
    tree: sha('e'),
    repositoryId: 'R_1',
    url: CONFIG_URL,
    merging: MERGING,
    freezes: [],
    problems: [],
    recentCommits: [],
    recentRecords: [],
    pipelines: pipelines.map((declared) =>
      observed(declared, [
        environment(declared, 'dev', A, { manifest }),
        environment(declared, 'prod', A, { manifest, pullRequest: open }),
      ]),
    ),
  });
}
const operations = (): string[] => asked.map(({ operation }) => operation);

describe('direct promotions', () => {
  it('of another base than the one that was read are stale, and nothing is merged: a freeze may be in it', async () => {
    answer = () => graphqlError('STALE_DATA', 'another head');

    expect(await enact([promote('one'), merge])).toEqual([{ kind: 'stale' }]);
    expect(operations()).toEqual(['CommitDirectly']);
  });

  it('are tried one by one where GitHub refuses them together, each on top of the one before', async () => {
    const isOne = (body: string): boolean => body.includes('one.yaml');
    answer = (_operation, body) => (isOne(body) ? graphqlError('UNPROCESSABLE', RULE) : commit());

    const enacted = await enact([promote('one'), promote('two'), promote('two')]);

    expect(enacted).toMatchObject([
      { kind: 'refused', pipeline: 'one', environment: 'dev', number: undefined },
      { kind: 'committed', oid: sha('1'), changes: [{ pipeline: 'two', environment: 'dev' }] },
      { kind: 'committed', oid: sha('2'), changes: [{ pipeline: 'two', environment: 'dev' }] },
    ]);
    expect(asked.map(({ body }) => /"expectedHeadOid":"(\w)/.exec(body)?.[1])).toEqual(['f', 'f', 'f', '1']);
  });

  it('that are refused stop nothing else, and say what GitHub said and what to do', async () => {
    answer = (operation) =>
      operation === 'CommitDirectly' ? graphqlError('UNPROCESSABLE', RULE) : { body: { sha: sha('5'), merged: true } };

    const [refused, merged] = await enact([promote('one'), merge]);

    expect(refused).toMatchObject({
      kind: 'refused',
      reason:
        'could not commit to main of acme/config: Repository rule violations found Changes must be made through a pull request; let the App bypass what forbids it, or write promote: pull-request for this environment',
    });
    expect(merged).toMatchObject({ kind: 'merged', number: 7, oid: sha('5') });
  });

  it('whose manifest cannot be edited are refused before GitHub is asked', async () => {
    answer = commit;
    const missing: Decision = {
      kind: 'promote',
      ...about('one', 'dev'),
      release: { ...B, image: 'ghcr.io/acme/other' },
      manifest: 'one.yaml',
    };

    const [refused] = await enact([missing]);

    expect(refused).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('could not edit one.yaml') as string,
    });
    expect(asked).toEqual([]);
  });
});

describe('a merge', () => {
  const refuses = (status: number, message: string): void => {
    answer = (operation) => (operation.startsWith('PUT') ? { status, body: { message } } : { body: {} });
  };

  it.each([
    ['the base branch moved meanwhile (cli#12748)', 405, 'Base branch was modified. Review and try the merge again.'],
    ['the head moved meanwhile', 409, 'Head branch was modified. Review and try the merge again.'],
  ])('is read again at once where %s', async (_case, status, message) => {
    refuses(status, message);

    expect(await enact([merge])).toEqual([{ kind: 'stale' }]);
  });

  it('that a rule forbids is said in the pull request, once', async () => {
    refuses(405, 'Required status check "ci" is expected.');
    const [refused] = await enact([merge]);

    expect(refused).toMatchObject({ kind: 'refused', number: 7, retryInMs: undefined });
    expect(operations()).toEqual(['PUT /repos/acme/config/pulls/7/merge', 'PATCH /repos/acme/config/pulls/7']);
    const { body } = JSON.parse(asked[1]?.body ?? '') as { body: string };
    expect(body).toContain('## Refused');
    expect(body).toContain('is expected');

    asked.length = 0;
    await enact([merge], { body });
    expect(operations()).toEqual(['PUT /repos/acme/config/pulls/7/merge']);
  });

  it('is tried again soon where GitHub still works out whether it can be merged', async () => {
    refuses(405, 'Pull Request is not mergeable');

    expect(await enact([merge], { isMergeableKnown: false })).toMatchObject([{ kind: 'refused', retryInMs: 10_000 }]);
  });

  it('through the merge queue names the head that was decided about', async () => {
    answer = () => ({ body: { data: { enqueuePullRequest: { clientMutationId: null } } } });

    expect(await enact([{ ...merge, by: 'merge queue' }])).toMatchObject([{ kind: 'queued', number: 7 }]);
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
      variables: { input: { pullRequestId: 'PR_7', expectedHeadOid: sha('9') } },
    });
  });
});

it('an outage stops everything, to be tried again: it is no refusal', async () => {
  answer = () => ({ status: 502, body: { message: 'Server Error' } });

  await expect(enact([merge])).rejects.toThrow('merge #7 of acme/config: 502');
});

describe('a branch or pull request that GitHub answers with 422', () => {
  const propose: Decision = {
    kind: 'propose',
    ...about('one', 'prod'),
    release: B,
    manifest: 'one-prod.yaml',
    gates: [],
    title: 't',
    body: 'b',
  };

  it.each<[string, string, Answer, Enacted['kind']]>([
    [
      'exists already: another process made it',
      'POST /repos/acme/config/git/refs',
      { body: { ref: '', object: {} } },
      'stale',
    ],
    ['is forbidden', 'POST /repos/acme/config/git/refs', { status: 404, body: { message: 'Not Found' } }, 'refused'],
    ['exists already as a pull request', 'POST /repos/acme/config/pulls', { body: [{}] }, 'stale'],
    ['is forbidden as a pull request', 'POST /repos/acme/config/pulls', { body: [] }, 'refused'],
  ])('%s', async (_case, forbidden, looked, kind) => {
    answer = (operation) => {
      if (operation === forbidden) return { status: 422, body: { message: 'Validation Failed' } };
      if (operation === 'CommitToBranch') return commit();
      return operation.startsWith('GET') ? looked : { body: {} };
    };

    expect((await enact([propose]))[0]?.kind).toBe(kind);
  });
});
