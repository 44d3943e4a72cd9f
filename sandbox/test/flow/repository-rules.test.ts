// Repositories as people set them up: what their rules and settings forbid is said, what they allow is used, and nothing else stops.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { createCheckRun } from '../../src/github/operations/check-runs.ts';
import { closePullRequest } from '../../src/github/operations/pull-requests.ts';
import type { MergeMethod, PullRequest, Repository, Rule } from '../../src/github/world.ts';
import { type Harness, startHarness, trailersOf } from './harness.ts';
import { addManifests, manifestFile, pipelineYaml, publish, withPipelines } from './packages.ts';

const PROPOSED = ', promote: pull-request';
const APPROVED = ', promote: pull-request, gates: { approval: {} }';
/** A pipeline for each test: what one leaves open, no other sees. */
const PIPELINES = {
  direct: '',
  beside: APPROVED,
  branch: PROPOSED,
  forced: APPROVED,
  signed: PROPOSED,
  strict: APPROVED,
  squash: PROPOSED,
  merge: PROPOSED,
  rebase: PROPOSED,
  linear: APPROVED,
  owners: APPROVED,
  expected: APPROVED,
  twins: APPROVED,
  queue: APPROVED,
  failing: APPROVED,
  kept: PROPOSED,
  stale: APPROVED,
  race: APPROVED,
  byhand: APPROVED,
  deleted: APPROVED,
};
type Service = keyof typeof PIPELINES;

describe('a config repository with rules', () => {
  let harness: Harness;
  let repository: Repository;

  beforeAll(async () => {
    const pipelines = Object.entries(PIPELINES).map(([name, environment]) => pipelineYaml(name, environment));
    harness = await startHarness({
      withCluster: false,
      // The releases have no image; what is refused is looked at again soon.
      promoterEnv: { REGISTRY_HOSTS: 'ghcr.io=http://127.0.0.1:1', RESYNC_MS: '2000' },
      transformPromotion: withPipelines(...pipelines),
    });
    const found = harness.sandbox.github.hub.store.world.repositories.find(({ name }) => name === 'gitops-config');
    if (!found) throw new Error('there is no config repository');
    repository = found;
    await addManifests(harness, Object.keys(PIPELINES));
    await harness.eventually('the pipelines', async () =>
      (await harness.board()).pipelines.some(({ name }) => name === 'deleted'),
    );
  });
  afterEach(() => {
    delete repository.rules;
    delete repository.mergeMethods;
    repository.deleteBranchOnMerge = true;
  });
  afterAll(() => harness.close());

  const environment = (service: Service) => harness.environment('dev', service);
  const pullOf = (service: Service): PullRequest | undefined =>
    harness.pullRequests().find(({ state, headRef }) => state === 'open' && headRef === `promote/${service}/dev`);
  const opened = (service: Service) => harness.eventually(`the pull request of ${service}`, () => pullOf(service));
  const says = (service: Service, what: string) =>
    harness.eventually(`${service} to say ${what}`, async () => (await environment(service)).reason.includes(what));
  const runs = (service: Service, tag: string) =>
    harness.eventually(`${service} to run ${tag}`, async () => (await environment(service)).runs?.tag === tag);
  const approve = async (service: Service, login = 'rene'): Promise<PullRequest> => {
    const pull = await opened(service);
    expect((await harness.review(pull.number, login)).status).toBe(200);
    return pull;
  };
  const setRules = (...rules: Rule[]): void => {
    repository.rules = rules;
  };
  /** People commit to main all the same; the App may not. */
  const bypass = ['dana', 'rene'];
  const newest = async () => {
    const [commit] = await harness.history();
    if (!commit) throw new Error('the config repository has no commit');
    return commit;
  };

  it('that forbids direct pushes says so where it was refused, merges what is approved, and loses no release', async () => {
    setRules({ type: 'pull_request', branch: 'main', bypass });
    await publish(harness, 'direct', 'main-1');
    await publish(harness, 'beside', 'main-1');

    await says('direct', 'Changes must be made through a pull request');
    const { decision, reason, next } = await environment('direct');
    expect({ decision, tag: next?.tag }).toEqual({ decision: 'hold', tag: 'main-1' });
    expect(reason).toContain('write promote: pull-request for this environment');
    expect(await (await fetch(harness.sandbox.urls.board)).text()).toContain(
      'Changes must be made through a pull request',
    );
    await approve('beside');
    await runs('beside', 'main-1');
    expect((await environment('direct')).runs).toBeUndefined();

    setRules();
    await runs('direct', 'main-1');
  });

  it.each<[Rule['type'], string, string]>([
    ['creation', 'main-1', 'Cannot create ref due to creations being restricted'],
    ['update', 'main-2', 'Cannot update this protected ref'],
  ])(
    'that restricts the %s of branches says so, and opens the pull request once it is allowed',
    async (type, tag, sentence) => {
      setRules({ type, branch: 'promote/branch/*' } as Rule);
      await publish(harness, 'branch', tag);

      await says('branch', sentence);
      expect((await environment('branch')).reason).toContain('bypass what forbids it on branches promote/**');
      expect(pullOf('branch')).toBeUndefined();

      setRules();
      await runs('branch', tag);
    },
  );

  it('that forbids force pushes says so on the board and in the pull request, whose older release is not merged', async () => {
    await publish(harness, 'forced', 'main-1');
    const pull = await opened('forced');
    const head = pull.headSha;
    setRules({ type: 'non_fast_forward', branch: 'promote/*' });
    await publish(harness, 'forced', 'main-2');

    await says('forced', 'Cannot force-push to this branch');
    await harness.eventually('the pull request to say so', () => pull.body.includes('## Refused'));
    expect(pull.body).toContain('Cannot force');
    await harness.review(pull.number, 'rene', 'APPROVE', head);
    await says('forced', 'Cannot force-push to this branch');
    expect(pull.state).toBe('open');

    setRules();
    await harness.eventually('the newer release', () => pull.title.endsWith('main-2'));
    expect(pull.body).not.toContain('## Refused');
    await approve('forced');
    await runs('forced', 'main-2');
  });

  it('that wants signed commits has them everywhere', async () => {
    setRules({ type: 'required_signatures', branch: 'main' }, { type: 'required_signatures', branch: 'promote/*' });
    await publish(harness, 'signed', 'main-1');
    await runs('signed', 'main-1');
    await publish(harness, 'signed', 'main-2');
    await runs('signed', 'main-2');
  });

  it('that wants branches up to date brings an approved one up to date, and merges it by the same review (renovate#524)', async () => {
    setRules({ type: 'required_status_checks', branch: 'main', contexts: ['validate'], strict: true });
    await publish(harness, 'strict', 'main-1');
    const { headSha } = await opened('strict');
    await harness.editConfig('README.md', (text) => `${text}\nA line more.\n`);
    const pull = await approve('strict');

    await runs('strict', 'main-1');
    expect(pull.headSha).not.toBe(headSha);
    expect(pull.mergedAt).not.toBeNull();
  });

  it.each<[Service & MergeMethod, number]>([
    ['squash', 1],
    ['merge', 2],
    ['rebase', 1],
  ])('that allows nothing but %s is merged by it, and its record counts (kargo#5580)', async (method, parents) => {
    repository.mergeMethods = [method];
    await publish(harness, method, 'main-1');
    await runs(method, 'main-1');

    const commit = await newest();
    expect(commit.parents).toHaveLength(parents);
    expect(trailersOf(commit)['Promotion']).toBe(`${method}/dev`);
    await harness.eventually('its record', async () => (await environment(method)).since);
    await publish(harness, method, 'main-2');
    await runs(method, 'main-2');
  });

  it('that wants a linear history and allows nothing but merge commits says so, until one of them changes', async () => {
    repository.mergeMethods = ['merge'];
    setRules({ type: 'required_linear_history', branch: 'main' });
    await publish(harness, 'linear', 'main-1');
    const pull = await approve('linear');

    await says('linear', 'This branch must not contain merge commits');
    await harness.eventually('the pull request to say so', () => pull.body.includes('This branch must not contain'));

    repository.mergeMethods = ['merge', 'rebase'];
    setRules();
    await runs('linear', 'main-1');
  });

  it('with CODEOWNERS waits for the owner as well, by name', async () => {
    await harness.editConfig(
      '.github/CODEOWNERS',
      () => `* @dana\n/${manifestFile('owners')} @acme/release-managers\n`,
    );
    setRules({ type: 'pull_request', branch: 'main', codeOwners: true, bypass });
    await publish(harness, 'owners', 'main-1');
    const pull = await approve('owners', 'dana');

    await says('owners', 'Waiting on code owner review from acme/release-managers');
    await harness.eventually('the pull request to say so', () => pull.body.includes('code owner review'));
    expect(pull.state).toBe('open');

    await approve('owners', 'rene');
    await runs('owners', 'main-1');
    setRules();
    await harness.editConfig('.github/CODEOWNERS', () => '\n');
  });

  it('with a required check that does not exist yet waits for it, and merges when its status turns green (jx#5898)', async () => {
    setRules({ type: 'required_status_checks', branch: 'main', contexts: ['security/scan'] });
    await publish(harness, 'expected', 'main-1');
    const pull = await approve('expected');
    await says('expected', 'Required status check "security/scan" is expected');

    const report = (state: string) =>
      harness.api('POST', `/repos/${CONFIG_REPOSITORY}/statuses/${pull.headSha}`, 'dana', {
        state,
        context: 'security/scan',
      });
    expect((await report('pending')).status).toBe(201);
    await says('expected', 'checks: running: security/scan');
    await report('success');
    await runs('expected', 'main-1');
  });

  it('whose workflow cancels the twin of a run merges by the later one', async () => {
    const { hub } = harness.sandbox.github;
    await publish(harness, 'twins', 'main-1');
    const pull = await opened('twins');
    const run = { name: 'lint', headSha: pull.headSha, appSlug: 'github-actions', status: 'completed' } as const;
    createCheckRun(hub, repository, { ...run, suite: 1, conclusion: 'cancelled' });
    await harness.eventually('the failed check', async () =>
      (await environment('twins')).gates.some(({ text }) => text === 'failed: lint'),
    );
    createCheckRun(hub, repository, { ...run, suite: 2, conclusion: 'success' });

    await approve('twins');
    await runs('twins', 'main-1');
  });

  it('with a merge queue is merged by it: the promoter enqueues, follows, and finds its record', async () => {
    setRules(
      { type: 'merge_queue', branch: 'main', method: 'squash', bypass },
      { type: 'required_status_checks', branch: 'main', contexts: ['validate', 'integration'] },
    );
    await publish(harness, 'queue', 'main-1');
    const pull = await opened('queue');
    const { hub } = harness.sandbox.github;
    const report = (headSha: string) =>
      createCheckRun(hub, repository, {
        name: 'integration',
        headSha,
        appSlug: 'ci',
        status: 'completed',
        conclusion: 'success',
      });
    report(pull.headSha);
    await approve('queue');

    await harness.eventually('the merge queue', () => pull.queued);
    await says('queue', "in GitHub's merge queue at position 1");

    // A freeze that comes meanwhile takes it out again, and the end of the freeze puts it back.
    const freeze = 'freezes:\n  - { environments: [queue], reason: sales }\n';
    await harness.editConfig('promotion.yaml', (text) => `${text}${freeze}`);
    await harness.eventually('the way out', () => pull.queued === undefined && pull.queueEvent?.by === 'promoter[bot]');
    await says('queue', 'frozen: sales');
    await harness.editConfig('promotion.yaml', (text) => text.replace(freeze, ''));
    const { groupSha } = await harness.eventually('the merge queue again', () => pull.queued);
    report(groupSha);
    await runs('queue', 'main-1');
    expect(pull.mergedBy).toBe('github-merge-queue[bot]');
    await harness.eventually('its record', async () => (await environment('queue')).since);
  });

  it('whose merge queue takes it out says why, and does not put it back by itself', async () => {
    setRules(
      { type: 'merge_queue', branch: 'main', method: 'squash', bypass },
      { type: 'required_status_checks', branch: 'main', contexts: ['integration'] },
    );
    await publish(harness, 'failing', 'main-1');
    const pull = await opened('failing');
    const { hub } = harness.sandbox.github;
    const report = (headSha: string, conclusion: 'success' | 'failure') =>
      createCheckRun(hub, repository, { name: 'integration', headSha, appSlug: 'ci', status: 'completed', conclusion });
    report(pull.headSha, 'success');
    await approve('failing');
    const { groupSha } = await harness.eventually('the merge queue', () => pull.queued);
    report(groupSha, 'failure');

    await says('failing', "taken out of GitHub's merge queue (failed checks)");
    expect(pull).toMatchObject({ state: 'open', queueEvent: { kind: 'removed' } });
    await publish(harness, 'failing', 'main-2');
    await harness.eventually('the newer release', () => pull.title.endsWith('main-2'));
    report(pull.headSha, 'success');
    await approve('failing');
    await harness.eventually('the merge queue again', () => pull.queued);
  });

  it('that keeps the branches of merged pull requests gets the next release by the same branch', async () => {
    repository.deleteBranchOnMerge = false;
    await publish(harness, 'kept', 'main-1');
    await runs('kept', 'main-1');
    await publish(harness, 'kept', 'main-2');
    await runs('kept', 'main-2');

    const merged = harness.pullRequests().filter(({ headRef }) => headRef === 'promote/kept/dev');
    expect(merged.map(({ mergedAt }) => mergedAt !== null)).toEqual([true, true]);
  });

  it('with a bot that closes what is old is asked again: that is nobody who declines (semantic-conventions#3950)', async () => {
    const { hub } = harness.sandbox.github;
    await publish(harness, 'stale', 'main-1');
    const pull = await opened('stale');
    const bot = hub.store.world.accounts.find(({ login }) => login === 'github-actions[bot]');
    if (!bot) throw new Error('there is no bot');
    await hub.exclusively(repository, () => closePullRequest(hub, pull, bot));

    const again = await harness.eventually('another pull request', () => pullOf('stale'));
    expect(again.number).not.toBe(pull.number);
    await approve('stale');
    await runs('stale', 'main-1');
  });

  it('whose base moves while GitHub merges is read again at once (cli#12748)', async () => {
    await publish(harness, 'race', 'main-1');
    const pull = await opened('race');
    harness.sandbox.github.faults.addApiFault({
      operation: `PUT /repos/${CONFIG_REPOSITORY}/pulls/${pull.number}/merge`,
      effect: {
        kind: 'answer',
        status: 405,
        body: { message: 'Base branch was modified. Review and try the merge again.', status: '405' },
      },
      times: 1,
    });
    await approve('race');

    await runs('race', 'main-1');
    expect(pull.body).not.toContain('## Refused');
  });

  it('where a person merges with a message of their own goes on with the next release (z-shell#519)', async () => {
    await publish(harness, 'byhand', 'main-1');
    const pull = await opened('byhand');
    const merged = await harness.api('PUT', `/repos/${CONFIG_REPOSITORY}/pulls/${pull.number}/merge`, 'rene', {
      merge_method: 'squash',
      commit_title: 'by hand',
      commit_message: '',
    });
    expect(merged.status).toBe(200);
    await runs('byhand', 'main-1');
    await harness.eventually('its record', async () => (await environment('byhand')).since);

    await publish(harness, 'byhand', 'main-2');
    await approve('byhand');
    await runs('byhand', 'main-2');
  });

  it('where somebody deletes the branch of an open pull request has declined it, by name (renovate#27960)', async () => {
    await publish(harness, 'deleted', 'main-1');
    const pull = await opened('deleted');
    const route = `/repos/${CONFIG_REPOSITORY}/git/refs/heads/promote/deleted/dev`;
    expect((await harness.api('DELETE', route, 'dana')).status).toBe(204);

    await says('deleted', `declined by dana in #${pull.number}`);
    await publish(harness, 'deleted', 'main-2');
    await opened('deleted');
  });
});
