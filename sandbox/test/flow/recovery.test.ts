// Killed at any moment and started again, the promoter ends in the same Git history as if it had lived.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';

describe('a promoter that is killed', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());

  /** Subjects of this release's commits on the base branch, oldest first. */
  const promotionsOf = async (tag: string): Promise<string[]> =>
    (await harness.history())
      .map(({ message }) => message.split('\n')[0] ?? '')
      .filter((subject) => subject.includes(` to ${tag}`))
      .reverse()
      .map((subject) => subject.replace(/ \(#\d+\)$/, ''));

  const toProd = async (tag: string): Promise<void> => {
    await harness.runsEverywhere(tag, ['dev', 'staging']);
    const pull = await harness.eventually('the pull request for prod', () => harness.openPullRequest('prod'));
    await harness.eventually('its title', () => pull.title.endsWith(tag));
    await harness.review(pull.number, 'rene');
    await harness.runsEverywhere(tag);
  };

  it.each([
    ['before it commits', 'createCommitOnBranch', 'before'],
    ['after GitHub committed and before it knew', 'createCommitOnBranch', 'after'],
    ['after it made the branch of a pull request', 'POST /repos/acme/gitops-config/git/refs', 'after'],
    ['before it opens a pull request', 'POST /repos/acme/gitops-config/pulls', 'before'],
    ['after GitHub opened a pull request', 'POST /repos/acme/gitops-config/pulls', 'after'],
    ['before it merges', '/merge', 'before'],
    ['after GitHub merged', '/merge', 'after'],
  ] as const)('%s', async (_moment, operation, when) => {
    const { promoter, github } = harness.sandbox;
    let kills = 0;
    github.faults.observe(async (called, moment) => {
      if (kills > 0 || moment !== when || !called.includes(operation)) return;
      kills += 1;
      await promoter.kill();
    });

    const { tag } = await harness.push(`Killed ${when} ${operation.split('/').at(-1)}`);
    const restarting = harness
      .eventually('the kill', () => kills > 0)
      .then(() => {
        github.faults.observe(undefined);
        return promoter.start();
      });
    await restarting;
    await toProd(tag);

    expect(kills).toBe(1);
    expect(await promotionsOf(tag)).toEqual([
      `promote(todo): dev to ${tag}`,
      `promote(todo): staging to ${tag}`,
      `promote(todo): prod to ${tag}`,
    ]);
    expect(harness.pullRequests().filter(({ state }) => state === 'open')).toEqual([]);
  });

  it('recovers a webhook that came while it was down, without anybody pressing redeliver', async () => {
    await harness.sandbox.promoter.stop();
    const { tag } = await harness.push('Nobody was listening');
    await harness.sandbox.github.settled();
    const lost = harness.sandbox.github.hub.webhooks.log
      .list('app')
      .filter(({ payload, status }) => payload.includes(tag) && status !== 'OK');
    expect(lost.length).toBeGreaterThan(0);

    await harness.sandbox.promoter.start();

    await harness.runsEverywhere(tag, ['dev']);
    const metrics = await (await fetch(`${harness.sandbox.urls.board}/metrics`)).text();
    expect(Number(/promoter_recovered_releases_total\{[^}]*\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0);
  });

  it('recovers a webhook that was lost on the way, with the next look into the delivery log', async () => {
    await harness.sandbox.promoter.stop();
    harness.sandbox.github.faults.addWebhookFault({ event: 'registry_package', effect: 'lose', times: 5 });
    await harness.sandbox.promoter.start();
    const { tag } = await harness.push('Lost on the way');
    await harness.sandbox.github.settled();
    const dev = await harness.eventually('the board to be read', () => harness.environment('dev'));
    expect(dev.runs?.tag).not.toBe(tag);

    await harness.sandbox.promoter.kill();
    await harness.sandbox.promoter.start();

    await harness.runsEverywhere(tag, ['dev']);
  });
});
