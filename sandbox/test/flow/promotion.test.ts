import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { releaseTraceId } from '@delivery/telemetry/release';
import { type Harness, startHarness, trailersOf } from './harness.ts';

const run = promisify(execFile);

describe('a release from push to prod', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());

  let release: { commit: string; tag: string };

  it('reaches dev by one commit although its push sent an event per manifest', async () => {
    release = await harness.push();
    await harness.runsEverywhere(release.tag, ['dev']);

    const packageEvents = harness.sandbox.github.hub.webhooks.log
      .list('app')
      .filter(({ event }) => event === 'registry_package');
    expect(packageEvents.length).toBe(5);
    const dev = (await harness.history()).filter(({ message }) => message.includes('Promotion: todo/dev'));
    expect(dev.map(({ message }) => message.split('\n')[0])).toEqual([`promote(todo): dev to ${release.tag}`]);
  });

  it('reaches staging by a pull request that merges itself after the soak', async () => {
    await harness.runsEverywhere(release.tag, ['staging']);

    const [pull] = harness.pullRequests();
    expect(pull).toMatchObject({
      title: `promote(todo): staging to ${release.tag}`,
      author: 'promoter[bot]',
      mergedBy: 'promoter[bot]',
    });
    const [check] = harness.sandbox.github.hub.store.world.checkRuns;
    expect(check).toMatchObject({ name: 'validate', conclusion: 'success', title: '3 overlays render' });
    const { rollout } = await harness.environment('dev');
    const since = rollout.state === 'healthy' ? Date.parse(rollout.since) : Number.NaN;
    if (!pull?.mergedAt) throw new Error('the pull request is not merged');
    expect(Date.parse(pull.mergedAt)).toBeGreaterThanOrEqual(since + 1000);
  });

  it('waits for a review before prod, and accepts only one that counts', async () => {
    const pull = await harness.eventually('the pull request for prod', () => harness.openPullRequest('prod'));
    const waitsWith = (text: string) =>
      harness.eventually(`the board to say ${text}`, async () =>
        (await harness.environment('prod')).gates.some(
          (gate) => gate.name === 'approval' && !gate.isMet && gate.text.includes(text),
        ),
      );

    await waitsWith('waits for a review by team release-managers');
    expect((await harness.review(pull.number, 'vera')).status).toBe(200);
    await waitsWith('vera is not in team release-managers');
    expect((await harness.review(pull.number, 'dana')).status).toBe(200);
    await waitsWith('dana is not in team release-managers');
    expect((await harness.review(pull.number, 'rene', 'APPROVE', release.commit)).status).toBe(200);
    await waitsWith('rene approved an older head');
    expect((await harness.review(pull.number, 'rene', 'REQUEST_CHANGES')).status).toBe(200);
    await waitsWith('rene requested changes');
    expect(harness.openPullRequest('prod')?.number).toBe(pull.number);

    await harness.review(pull.number, 'rene');
    await harness.runsEverywhere(release.tag);
  });

  it('leaves a history of one dev commit and two merged pull requests, with complete trailers', async () => {
    const clone = await mkdtemp(path.join(tmpdir(), 'clone-'));
    await run('git', ['clone', '--quiet', `${harness.sandbox.urls.github}/acme/gitops-config.git`, clone]);
    const { stdout } = await run('git', ['-C', clone, 'log', '--format=%s', 'main']);
    await rm(clone, { recursive: true });

    expect(stdout.trim().split('\n')).toEqual([
      `promote(todo): prod to ${release.tag} (#2)`,
      `promote(todo): staging to ${release.tag} (#1)`,
      `promote(todo): dev to ${release.tag}`,
      'feat: todo in dev, staging and prod',
    ]);
    const [prod, staging, dev] = await harness.history();
    const source = `${harness.sandbox.urls.github}/acme/todo`;
    for (const [commit, environment] of [
      [prod, 'prod'],
      [staging, 'staging'],
      [dev, 'dev'],
    ] as const) {
      const trailers = commit ? trailersOf(commit) : {};
      expect(trailers).toMatchObject({ Promotion: `todo/${environment}`, Source: `acme/todo@${release.commit}` });
      expect(trailers['Image']).toMatch(new RegExp(`^ghcr.io/acme/todo:${release.tag}@sha256:[0-9a-f]{64}$`));
      expect(trailers['Traceparent']?.split('-')[1]).toBe(releaseTraceId(source, release.commit));
      expect(Date.parse(String(trailers['Source-Date']))).not.toBeNaN();
    }
    expect(prod && trailersOf(prod)['Approved-by']).toBe('rene');
    expect(dev && trailersOf(dev)['Argocd-reference-commit-sha']).toBe(release.commit);
  });

  it('changes two lines of the manifest and nothing else', async () => {
    const repository = harness.sandbox.github.hub.store.world.repositories.find(({ name }) => name === 'gitops-config');
    const [head] = await harness.history();
    const parent = head?.parents[0];
    if (!repository || !head || !parent) throw new Error('the config repository has no promotion');
    const diff = await harness.sandbox.github.hub.gitOf(repository).diff(parent, head.oid, { patches: true });

    expect(diff.map(({ path: file, additions, deletions }) => ({ file, additions, deletions }))).toEqual([
      { file: 'apps/todo/overlays/prod/kustomization.yaml', additions: 2, deletions: 2 },
    ]);
  });

  it('is not promoted again by redeliveries', async () => {
    const before = await harness.history();
    const { webhooks } = harness.sandbox.github.hub;
    const index = webhooks.log
      .list('app')
      .find(({ event, payload }) => event === 'registry_package' && payload.includes(release.tag));

    for (let again = 0; again < 3; again += 1) if (index) webhooks.redeliver(index);
    await webhooks.settled();
    const queued = (await (await fetch(`${harness.sandbox.urls.board}/metrics`)).text()).includes(
      'event="registry_package",outcome="queued"',
    );
    const next = await harness.push();
    await harness.runsEverywhere(next.tag, ['dev']);

    expect(queued).toBe(true);
    const dev = (await harness.history()).filter(({ message }) => message.includes('Promotion: todo/dev'));
    expect(dev).toHaveLength(2);
    expect((await harness.history()).length).toBeGreaterThan(before.length);
  });
});
