// What GitHub lets the promoter do changes while it runs: each change is on the board with GitHub's reason and what to do, and the work
// goes on as soon as it can.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import type { Sandbox } from '../../src/assemble/start-sandbox.ts';
import { renameRepository } from '../../src/github/operations/rename-repository.ts';
import type { Repository } from '../../src/github/world.ts';
import { type Harness, startHarness } from './harness.ts';
import { publish } from './packages.ts';

type Problem = Awaited<ReturnType<Harness['board']>>['access'][number];

const configOf = ({ github }: Sandbox): Repository => {
  const found = github.hub.store.world.repositories.find(({ name }) => name !== 'todo');
  if (!found) throw new Error('there is no config repository');
  return found;
};
const problemOf = async (harness: Harness, kind: Problem['kind']): Promise<Problem | undefined> =>
  (await harness.board()).access.find((problem) => problem.kind === kind);
const pageOf = async ({ sandbox }: Harness): Promise<string> => (await fetch(sandbox.urls.board)).text();
const readinessOf = async ({ sandbox }: Harness): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${sandbox.urls.board}/readyz`);
  return { status: answer.status, text: await answer.text() };
};
/** What the promoter asks of GitHub from now on. */
function watchCalls({ sandbox }: Harness): string[] {
  const calls: string[] = [];
  sandbox.github.faults.observe((operation, when) => void (when === 'before' && calls.push(operation)));
  return calls;
}

// Source: https://github.com/18F/charlie/pull/85
describe('a promoter that cannot read its config repository at the start', () => {
  it.each<{
    title: string;
    env?: Record<string, string>;
    prepare?: (sandbox: Sandbox) => void;
    says: string;
    whatToDo: string;
    repair: (sandbox: Sandbox, api: Harness['api']) => unknown;
  }>([
    {
      title: 'a CONFIG_BRANCH that does not exist',
      env: { CONFIG_BRANCH: 'trunk' },
      says: `read ${CONFIG_REPOSITORY}: there is no branch trunk`,
      whatToDo: 'set CONFIG_BRANCH=main, its default branch',
      repair: async ({ github }, api) => {
        const sha = await github.hub.gitOf(configOf({ github } as Sandbox)).ref('refs/heads/main');
        await api('POST', `/repos/${CONFIG_REPOSITORY}/git/refs`, 'dana', { ref: 'refs/heads/trunk', sha });
      },
    },
    {
      title: 'a CONFIG_REPOSITORY that does not exist',
      env: { CONFIG_REPOSITORY: 'acme/nothing' },
      says: 'find the installation of the App for acme/nothing: 404 Not Found',
      whatToDo: 'check that acme/nothing exists, and install the App for it',
      repair: (sandbox) => renameRepository(sandbox.github.hub, configOf(sandbox), { name: 'nothing' }),
    },
    {
      title: 'an App that is installed for other repositories alone',
      prepare: ({ github }) => void (github.hub.app.repositories = ['todo']),
      says: `find the installation of the App for ${CONFIG_REPOSITORY}: 404 Not Found`,
      whatToDo: `check that ${CONFIG_REPOSITORY} exists, and install the App for it`,
      repair: ({ github }) => void delete github.hub.app.repositories,
    },
  ])('because of $title says so on the board and in /readyz, until it can', async (situation) => {
    const { env = {}, prepare = () => undefined, says, whatToDo, repair } = situation;
    const harness = await startHarness({ withCluster: false, promoterEnv: env, prepare });
    try {
      const problem = await harness.eventually('the problem', () => problemOf(harness, 'unreadable'));
      expect(problem).toMatchObject({ what: says, whatToDo });
      expect(Date.parse(problem.since)).toBeLessThanOrEqual(Date.now());
      expect(await readinessOf(harness)).toEqual({ status: 503, text: `${says}. What to do: ${whatToDo}` });
      expect(await pageOf(harness)).toContain(says);

      await repair(harness.sandbox, harness.api);

      await harness.ready;
      await harness.eventually('the end of it', async () => (await problemOf(harness, 'unreadable')) === undefined);
    } finally {
      await harness.close();
    }
  });
});

describe('a promoter at work', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      promoterEnv: { RESYNC_MS: '1500' },
      transformPromotion: (text) => text.replace(/( +)soak: 1s\n/, '$1soak: 1s\n$1approval: {}\n$1checks: true\n'),
    });
  });
  afterAll(() => harness.close());
  const app = () => harness.sandbox.github.hub.app;
  const gone = (kind: Problem['kind']) =>
    harness.eventually(`the end of ${kind}`, async () => (await problemOf(harness, kind)) === undefined);

  it('finds nothing missing where GitHub granted all that the README lists', async () => {
    expect((await harness.board()).access).toEqual([]);
    expect(await readinessOf(harness)).toEqual({ status: 200, text: 'ok' });
  });

  it('goes on when its token is revoked', async () => {
    harness.sandbox.github.hub.callers.revokeInstallationTokens();

    const { tag } = await harness.push('The token is revoked');

    await harness.runsEverywhere(tag, ['dev']);
  });

  it('goes on when the App is installed again and its installation has another id', async () => {
    harness.sandbox.github.hub.callers.revokeInstallationTokens();
    app().installationId = 78;

    const { tag } = await harness.push('Another installation');

    await harness.runsEverywhere(tag, ['dev']);
  });

  it('says since when it is suspended, stays reachable, and goes on afterwards', async () => {
    app().suspendedAt = '2026-11-25T10:00:00Z';
    const problem = await harness.eventually('the problem', async () => {
      const found = await problemOf(harness, 'unreadable');
      return found?.what.includes('suspended since 2026-11-25T10:00:00Z') && found;
    });
    expect(problem.whatToDo).toContain('unsuspend it: ');
    expect(await readinessOf(harness)).toMatchObject({ status: 200, text: expect.stringContaining('ok, but ') });

    delete app().suspendedAt;
    await gone('unreadable');
  });

  it('names the permission and the event that GitHub has not granted, until it has', async () => {
    const { grants } = app();
    const { statuses: _, deployments: __, ...others } = grants;
    app().grants = others;
    app().events = harness.sandbox.github.hub.webhooks.appHook.events.filter((event) => event !== 'status');

    const { what, whatToDo } = await harness.eventually('the problem', () => problemOf(harness, 'permissions'));
    expect(what).toContain('Commit statuses: read, without which gates on checks stay closed');
    expect(what).toContain('Deployments: write (optional), without which no rollout is written on its source commit');
    expect(what).toContain('event status, without which the end of a commit status is noticed with the resync only');
    expect(whatToDo).toContain('add Commit statuses: read, Deployments: write, event status to the App');
    expect(harness.sandbox.promoter.lastLines(500).join('\n')).toContain('access to GitHub is not as it has to be');

    app().grants = grants;
    delete app().events;
    await gone('permissions');
  });

  // Sources: https://github.com/github/branch-deploy/pull/248, https://github.com/philips-software/pull-request-report-action/issues/557
  it('reads the rest where the checks of a pull request are forbidden, and keeps its gate closed', async () => {
    const pull = await harness.eventually('the pull request', () => harness.openPullRequest('staging'));
    const status = (state: string) =>
      harness.api('POST', `/repos/${CONFIG_REPOSITORY}/statuses/${pull.headSha}`, 'dana', { state, context: 'plan' });
    await status('success');
    const { grants } = app();
    const { statuses: _, ...others } = grants;
    app().grants = others;
    harness.sandbox.github.hub.callers.revokeInstallationTokens();

    const problem = await harness.eventually('the problem', () => problemOf(harness, 'forbidden'));
    expect(problem.whatToDo).toBe('grant the App Checks: read and Commit statuses: read');
    await harness.review(pull.number, 'rene');
    await harness.eventually('the closed gate', async () =>
      (await harness.environment('staging')).gates.some(
        ({ name, isMet, text }) => name === 'checks' && !isMet && text.includes('Commit statuses: read'),
      ),
    );
    expect(pull.state).toBe('open');

    app().grants = grants;
    harness.sandbox.github.hub.callers.revokeInstallationTokens();
    await gone('forbidden');
    await harness.eventually('the merge', () => pull.mergedAt !== null);
  });

  // Source: https://docs.github.com/repositories/archiving-a-github-repository
  it('writes nothing while the config repository is archived, and holds every environment', async () => {
    configOf(harness.sandbox).isArchived = true;
    await harness.eventually('the problem', () => problemOf(harness, 'archived'));
    const calls = watchCalls(harness);

    const { tag } = await harness.push('Nobody can write');

    await harness.eventually('the hold', async () => (await harness.environment('dev')).next?.tag === tag);
    for (const name of ['dev', 'staging', 'prod'])
      expect(await harness.environment(name)).toMatchObject({
        decision: 'hold',
        reason: `${CONFIG_REPOSITORY} is archived: GitHub takes no change until it is unarchived`,
      });
    const writes = calls.filter(
      (call) => /createCommitOnBranch|updateRefs/.test(call) || /^(POST|PUT|PATCH) .*gitops/.test(call),
    );
    expect(writes).toEqual([]);

    delete configOf(harness.sandbox).isArchived;
    await harness.runsEverywhere(tag, ['dev']);
    expect(await problemOf(harness, 'archived')).toBeUndefined();
  });

  it('works on under the new name when the config repository is renamed, and says which', async () => {
    renameRepository(harness.sandbox.github.hub, configOf(harness.sandbox), { name: 'deployments' });

    const { tag } = await harness.push('Another name');

    await harness.runsEverywhere(tag, ['dev']);
    expect(await problemOf(harness, 'renamed')).toMatchObject({
      what: 'acme/gitops-config is called acme/deployments now; work goes on',
      whatToDo: 'set CONFIG_REPOSITORY=acme/deployments, and let Argo CD follow that name',
    });
    const pull = await harness.eventually('its pull request', () => {
      const found = harness.openPullRequest('staging');
      return found?.title.endsWith(tag) && found;
    });
    const ignored = harness.sandbox.promoter
      .lastLines(500)
      .filter((line) => line.includes('it is not in the config repository'));
    await harness.review(pull.number, 'rene');
    await harness.api('POST', `/repos/acme/deployments/statuses/${pull.headSha}`, 'dana', { state: 'success' });
    await harness.eventually('the merge', () => pull.mergedAt !== null);
    expect(ignored).toEqual([]);
  });

  it('works on for another owner when the config repository is transferred', async () => {
    const { hub } = harness.sandbox.github;
    hub.store.world.accounts.push({ id: hub.store.newId(), login: 'platform', name: 'Platform', type: 'Organization' });
    renameRepository(hub, configOf(harness.sandbox), { owner: 'platform' });

    const { tag } = await harness.push('Another owner');

    await harness.runsEverywhere(tag, ['dev']);
    expect((await problemOf(harness, 'renamed'))?.whatToDo).toContain('CONFIG_REPOSITORY=platform/deployments');
  });

  it('reads the commits of a source repository that was renamed, and says what its pipeline has to name', async () => {
    const { hub } = harness.sandbox.github;
    const source = hub.store.world.repositories.find(({ name }) => name === 'todo');
    if (!source) throw new Error('there is no source repository');
    renameRepository(hub, source, { name: 'todo-service' });

    await publish(harness, 'todo', 'main-99999-abcdef0');

    const problem = await harness.eventually('the problem', () => problemOf(harness, 'source renamed'));
    expect(problem.what).toContain('acme/todo is called acme/todo-service now');
    expect(problem.whatToDo).toBe('write source: acme/todo-service');
  });
});
