// More than GitHub gives at once: environments, closed pull requests, reviews, checks. Nothing is cut without a word.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { personOf, repositoryNamed } from '../../src/github/hub.ts';
import type { PullRequest } from '../../src/github/world.ts';
import { type Harness, startHarness } from './harness.ts';
import { publish, withPipelines } from './packages.ts';

const DIRECT = 245;
const PROPOSED = 5;
const names = [
  ...Array.from({ length: DIRECT }, (_, index) => `direct-${index}`),
  ...Array.from({ length: PROPOSED }, (_, index) => `proposed-${index}`),
];
const fileOf = (name: string): string => `apps/crowd/${name}.yaml`;
const environmentYaml = (name: string): string => {
  const gates = 'promote: pull-request, gates: { checks: true, approval: { permission: write } }';
  return `      - { name: ${name}, manifest: ${fileOf(name)}${name.startsWith('proposed') ? `, ${gates}` : ''} }\n`;
};
const CROWD = `  - name: crowd
    image: ghcr.io/acme/crowd
    tags: ^main-(?<number>\\d+)$
    environments:
${names.map(environmentYaml).join('')}`;

describe(`${names.length} environments of a pipeline`, () => {
  let harness: Harness;
  const calls: string[] = [];
  beforeAll(async () => {
    harness = await startHarness({
      withCluster: false,
      // The releases have no image.
      promoterEnv: { REGISTRY_HOSTS: 'ghcr.io=http://127.0.0.1:1' },
      transformPromotion: withPipelines(CROWD),
      prepare: async ({ github: { hub } }) => {
        const repository = repositoryNamed(hub, CONFIG_REPOSITORY);
        const git = hub.gitOf(repository);
        const before = await git.ref('refs/heads/main');
        const founder = hub.store.world.accounts.find(({ login }) => login === 'dana');
        if (!before || !founder) throw new Error('the config repository has no commit');
        const author = personOf(hub, founder);
        const content = Buffer.from(`images:\n  - name: ghcr.io/acme/crowd\n    newTag: unreleased\n    digest: ''\n`);
        const changes = names.map((name) => ({ path: fileOf(name), content }));
        const message = 'feat: a crowd';
        const after = await git.createCommit({ parent: before, changes, message, author, committer: author });
        await git.updateRefs([{ ref: 'refs/heads/main', before, after }]);
      },
    });
    await harness.eventually('the pipelines', async () => (await harness.board()).pipelines.length === 2);
    harness.sandbox.github.faults.observe((operation, when) => void (when === 'before' && calls.push(operation)));
  });
  afterAll(() => harness.close());

  const world = () => harness.sandbox.github.hub.store.world;
  const pullOf = (name: string): PullRequest | undefined =>
    world().pullRequests.find(({ headRef, state }) => headRef === `promote/crowd/${name}` && state === 'open');
  const ring = (pull: PullRequest) => harness.review(pull.number, 'dana', 'COMMENT');
  const gateOf = async (name: string, gate: string) =>
    (await harness.environment(name, 'crowd')).gates.find((one) => one.name === gate);

  it('are all read in two requests and promoted by one commit', async () => {
    calls.length = 0;
    await publish(harness, 'crowd', 'main-1');
    await harness.eventually('every environment to be promoted', async () => {
      const crowd = (await harness.board()).pipelines.find(({ name }) => name === 'crowd');
      const reached = crowd?.environments.filter(
        ({ name, runs }) => name.startsWith('direct') && runs?.tag === 'main-1',
      );
      return reached?.length === DIRECT;
    });
    await harness.eventually('the pull requests', () => names.slice(DIRECT).every((name) => pullOf(name)));

    const firstCommit = calls.findIndex((call) => call.startsWith('CommitDirectly'));
    expect(calls.slice(0, firstCommit).filter((call) => call.startsWith('Snapshot'))).toHaveLength(2);
    expect(calls.filter((call) => call.startsWith('CommitDirectly'))).toHaveLength(1);
  });

  it('are promoted although GitHub took too long for all of them at once', async () => {
    harness.sandbox.github.faults.addApiFault({
      operation: 'Snapshot',
      effect: { kind: 'error-before', status: 502 },
      times: 1,
    });

    await publish(harness, 'crowd', 'main-2');

    await harness.eventually(
      'the promotion',
      async () => (await harness.environment('direct-0', 'crowd')).runs?.tag === 'main-2',
    );
  });

  it('know what was declined behind 120 closed pull requests of forks', async () => {
    const declined = pullOf('proposed-0');
    if (!declined) throw new Error('there is no pull request');
    const closed = '2027-01-01T00:00:00Z';
    for (let number = 5_000; number < 5_120; number += 1)
      world().pullRequests.push({
        ...declined,
        id: number,
        number,
        forkOwner: 'mallory',
        state: 'closed',
        createdAt: closed,
        closedAt: closed,
        closedBy: 'mallory',
      });
    await harness.api('PATCH', `/repos/${CONFIG_REPOSITORY}/pulls/${declined.number}`, 'dana', { state: 'closed' });
    await publish(harness, 'crowd', 'main-2');

    await harness.eventually('the hold', async () =>
      (await harness.environment('proposed-0', 'crowd')).reason.includes(`declined by dana in #${declined.number}`),
    );
    expect(calls.some((call) => call.startsWith('MorePages'))).toBe(true);
  });

  it('are not approved by a hundred checks that passed where one more failed', async () => {
    const pull = pullOf('proposed-1');
    if (!pull) throw new Error('there is no pull request');
    const status = { repository: CONFIG_REPOSITORY, sha: pull.headSha, description: null, targetUrl: null } as const;
    for (let number = 0; number < 121; number += 1)
      world().statuses.push({
        ...status,
        id: 9_000 + number,
        state: number < 120 ? 'success' : 'failure',
        context: `check ${number}`,
        creator: 'dana',
        createdAt: '2026-11-25T10:00:00Z',
      });
    await harness.review(pull.number, 'rene');

    // The 120 that passed, the one that failed, and the one of the stand-in's own workflow, without the 100 that are listed.
    const gate = await harness.eventually('the gate', async () => {
      const found = await gateOf('proposed-1', 'checks');
      return found?.text.includes('more checks') && found;
    });
    expect(gate).toMatchObject({ isMet: false, text: 'failed: 22 more checks' });
    expect(pull.state).toBe('open');
  });

  it('are approved by a review behind 110 others', async () => {
    const pull = pullOf('proposed-2');
    if (!pull) throw new Error('there is no pull request');
    for (let number = 0; number < 110; number += 1)
      world().reviews.push({
        id: 8_000 + number,
        repository: CONFIG_REPOSITORY,
        pullNumber: pull.number,
        author: `passer-by-${number}`,
        body: '',
        state: 'APPROVED',
        commitSha: pull.headSha,
        submittedAt: '2026-11-25T10:00:00Z',
      });
    await ring(pull);
    await harness.eventually('the gate', async () => (await gateOf('proposed-2', 'approval'))?.isMet === false);

    await harness.review(pull.number, 'rene');

    await harness.eventually('the merge', () => pull.mergedAt !== null);
  });
});
