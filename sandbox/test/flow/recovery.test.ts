// A promoter that is killed at any moment and restarted ends with the same Git history and the same trace as one that was not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitMessage } from '../../src/git/git-object.ts';
import type { Harness } from './harness.ts';
import { startTraced, type Traced } from './traced.ts';

describe('a promoter that is killed', () => {
  let traced: Traced;
  let harness: Harness;
  beforeAll(async () => {
    traced = await startTraced();
    ({ harness } = traced);
  });
  afterAll(() => traced.close());

  /** A crash between exporting spans and recording that exports them again. Ids are derived, so it stays one trace. */
  async function expectWholeTrace(commit: string, environments: readonly string[]): Promise<void> {
    await traced.traceWith(commit, ...environments.map((name) => `rollout ${name}`), 'RUN release');
    const { spans, graph, missingParents, picture } = traced.traceOf(commit);
    const arrows = new Set(graph.edges.map(({ client, server }) => `${client} -> ${server}`));
    const lost = graph.losses.filter(({ why }) => !why.startsWith('exported twice'));

    expect(
      lost.map(({ span, why }) => `${span.name}: ${why}`),
      picture,
    ).toEqual([]);
    expect(missingParents, picture).toEqual([]);
    const proposed = spans.filter(({ name }) => name === 'pull request');
    expect(new Set(proposed.map(({ attributes }) => attributes['deployment.environment.name']))).toEqual(
      new Set(environments.filter((name) => name !== 'dev')),
    );
    expect([...arrows].sort(), picture).toEqual([
      'argocd -> todo',
      'developer -> github',
      'ghcr -> promoter',
      'github -> github-actions',
      'github-actions -> ghcr',
      'gitops-config -> argocd',
      'promoter -> gitops-config',
    ]);
  }

  /** Subjects of this release's commits on the base branch, oldest first. */
  const promotionsOf = async (tag: string): Promise<string[]> =>
    (await harness.history())
      .map(({ message }) => splitMessage(message).headline)
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
    ['after GitHub committed, before it learns of it', 'createCommitOnBranch', 'after'],
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

    const { commit, tag } = await harness.push(`Killed ${when} ${operation.split('/').at(-1)}`);
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
    await expectWholeTrace(commit, ['dev', 'staging', 'prod']);
  });

  it('recovers a webhook that was sent while it was down, without anybody redelivering it', async () => {
    await harness.sandbox.promoter.stop();
    const { commit, tag } = await harness.push('Nobody was listening');
    await harness.sandbox.github.settled();
    const lost = harness.sandbox.github.hub.webhooks.log
      .list('app')
      .filter(({ payload, status }) => payload.includes(tag) && status !== 'OK');
    expect(lost.length).toBeGreaterThan(0);

    await harness.sandbox.promoter.start();

    await harness.runsEverywhere(tag, ['dev']);
    const metrics = await (await fetch(`${harness.sandbox.urls.board}/metrics`)).text();
    expect(Number(/promoter_recovered_releases_total\{[^}]*\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0);
    await expectWholeTrace(commit, ['dev']);
  });

  it('recovers a lost webhook the next time it reads the delivery log', async () => {
    await harness.sandbox.promoter.stop();
    harness.sandbox.github.faults.addWebhookFault({ event: 'registry_package', effect: 'lose', times: 5 });
    await harness.sandbox.promoter.start();
    const { tag } = await harness.push('Its webhooks are lost');
    await harness.sandbox.github.settled();
    const dev = await harness.eventually('the board to be read', () => harness.environment('dev'));
    expect(dev.runs?.tag).not.toBe(tag);

    await harness.sandbox.promoter.kill();
    await harness.sandbox.promoter.start();

    await harness.runsEverywhere(tag, ['dev']);
  });
});
