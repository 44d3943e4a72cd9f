// What people do in Git and on pull requests is intent, and GitHub's own bad days lose nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { type Harness, startHarness, trailersOf } from './harness.ts';

describe('people and the promoter', () => {
  let harness: Harness;
  beforeAll(async () => {
    // Staging waits for a review here, so that a test decides when it moves.
    harness = await startHarness({
      transformPromotion: (text) => text.replace(/( +)soak: 1s\n/, '$1soak: 1s\n$1approval: {}\n'),
    });
  });
  afterAll(() => harness.close());

  let second: { commit: string; tag: string };

  it('a newer release updates the open pull request in place, and reviews of its older head no longer count', async () => {
    await harness.push('Release one');
    const pull = await harness.eventually('the pull request', () => harness.openPullRequest('staging'));
    const oldHead = pull.headSha;

    second = await harness.push('Release two');
    await harness.eventually('the update', () => pull.headSha !== oldHead && pull.title.endsWith(second.tag));
    const late = await harness.review(pull.number, 'rene', 'APPROVE', oldHead);

    expect(late.status).toBe(200);
    await harness.eventually('the hold', async () =>
      (await harness.environment('staging')).gates.some(({ text }) => text.includes('rene approved an older head')),
    );
    expect(harness.pullRequests().filter(({ headRef }) => headRef === 'promote/todo/staging')).toEqual([pull]);
    expect(pull.state).toBe('open');
    expect(pull.body).toContain('Release two');
  });

  it('a pull request that a person closes declines that release there, and a newer one is proposed again', async () => {
    const declined = harness.openPullRequest('staging');
    const closed = await harness.api('PATCH', `/repos/${CONFIG_REPOSITORY}/pulls/${declined?.number}`, 'dana', {
      state: 'closed',
    });
    expect(closed.status).toBe(200);
    await harness.eventually('the hold', async () =>
      (await harness.environment('staging')).reason.includes(`declined by dana in #${declined?.number}`),
    );

    const third = await harness.push('Release three');
    const pull = await harness.eventually('a new pull request', () => harness.openPullRequest('staging'));

    expect(pull.number).not.toBe(declined?.number);
    expect(pull.title).toBe(`promote(todo): staging to ${third.tag}`);
    await harness.review(pull.number, 'rene');
    await harness.runsEverywhere(third.tag, ['dev', 'staging']);
  });

  it('a revert by a person is kept until a release newer than the reverted one is proven', async () => {
    const before = (await harness.environment('dev')).runs;
    const manifest = 'apps/todo/overlays/dev/kustomization.yaml';
    const [newest] = (await harness.history()).filter(({ message }) => message.includes('Promotion: todo/dev'));
    const repository = harness.sandbox.github.hub.store.world.repositories.find(({ name }) => name === 'gitops-config');
    const older =
      repository && newest
        ? await harness.sandbox.github.hub.gitOf(repository).read(`${newest.parents[0]}:${manifest}`)
        : undefined;
    if (!older) throw new Error(`${manifest} has no earlier version`);

    await harness.editConfig(manifest, () => older.content.toString());
    const { webhooks } = harness.sandbox.github.hub;
    const published = webhooks.log
      .list('app')
      .find(({ event, payload }) => event === 'registry_package' && payload.includes(`"name":"${before?.tag}"`));
    await harness.eventually('the revert', async () => (await harness.environment('dev')).runs?.tag === second.tag);
    if (published) webhooks.redeliver(published);
    await harness.eventually('the hold', async () =>
      (await harness.environment('dev')).reason.includes(`${before?.tag} was replaced by hand with ${second.tag}`),
    );
    expect((await harness.environment('dev')).runs?.tag).toBe(second.tag);

    const fourth = await harness.push('Release four');
    await harness.runsEverywhere(fourth.tag, ['dev']);
  });

  it('releases announced in the wrong order end with the newest, and never go back', async () => {
    harness.sandbox.github.faults.addWebhookFault({ event: 'registry_package', effect: 'reorder', times: 20 });
    const older = await harness.push('Release five');
    const newer = await harness.push('Release six');
    await harness.runsEverywhere(newer.tag, ['dev']);

    const tags = (await harness.history()).flatMap((commit) => {
      const trailers = trailersOf(commit);
      return trailers['Promotion'] === 'todo/dev' ? [Number(trailers['Image']?.match(/:main-(\d+)-/)?.[1])] : [];
    });
    expect(tags).toEqual([...tags].sort((one, other) => other - one));
    expect(older.tag).not.toBe(newer.tag);
  });

  it('a commit by somebody else between read and write is not lost', async () => {
    harness.sandbox.github.faults.addApiFault({
      operation: 'stale-head main',
      effect: { kind: 'stale-head' },
      times: 2,
    });
    const release = await harness.push('Release seven');
    await harness.runsEverywhere(release.tag, ['dev']);

    const subjects = (await harness.history()).map(({ message }) => message.split('\n')[0]);
    expect(subjects.filter((subject) => subject === 'docs: a note')).toHaveLength(2);
    expect(subjects.filter((subject) => subject === `promote(todo): dev to ${release.tag}`)).toHaveLength(1);
  });

  it('work whose response was lost is not done twice', async () => {
    harness.sandbox.github.faults.addApiFault({
      operation: 'createCommitOnBranch',
      effect: { kind: 'error-after', status: 502 },
      times: 1,
    });
    const release = await harness.push('Release eight');
    await harness.runsEverywhere(release.tag, ['dev']);

    const subjects = (await harness.history()).map(({ message }) => message.split('\n')[0]);
    expect(subjects.filter((subject) => subject === `promote(todo): dev to ${release.tag}`)).toHaveLength(1);
  });

  it('waits as long as GitHub asks when a limit is reached', async () => {
    harness.sandbox.github.faults.addApiFault({
      operation: 'createCommitOnBranch',
      effect: { kind: 'secondary-limit', retryAfterSeconds: 2 },
      times: 1,
    });
    const release = await harness.push('Release nine');
    await harness.runsEverywhere(release.tag, ['dev']);

    const waited = harness.sandbox.promoter.lastLines(500).flatMap((line) => /"retryInMs":(\d+)/.exec(line)?.[1] ?? []);
    expect(Number(waited.at(-1))).toBeGreaterThanOrEqual(2000);
  });

  it('a rollout that never becomes healthy is not promoted further', async () => {
    const broken = await harness.push('broken');
    await harness.eventually('dev to run it', async () => (await harness.environment('dev')).runs?.tag === broken.tag);
    const fixed = await harness.push('Release eleven');
    await harness.runsEverywhere(fixed.tag, ['dev']);
    await harness.eventually('the pull request', () => harness.openPullRequest('staging')?.title.endsWith(fixed.tag));

    const proposed = harness.pullRequests().map(({ title }) => title);
    expect(proposed).not.toContain(`promote(todo): staging to ${broken.tag}`);
  });
});
