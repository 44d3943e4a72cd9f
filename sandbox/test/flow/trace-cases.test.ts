// Releases that do not go straight to prod have complete traces too: every arrow is there, no span is lost, and links connect them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { releaseTraceId } from '@delivery/telemetry/release';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { restoreDate, setOffset, shiftDate } from './shifted-date.ts';
import { type ReleaseTrace, selectTrace, startTraced, type Traced } from './traced.ts';

const DAY = 86_400_000;
/** The arrows of a release that reached one environment. */
const ARROWS = [
  'argocd -> todo (1)',
  'developer -> github (1)',
  'ghcr -> promoter (1)',
  'github -> github-actions (1)',
  'github-actions -> ghcr (1)',
  'gitops-config -> argocd (1)',
];
const MANIFEST = 'apps/todo/overlays/dev/kustomization.yaml';

function expectWhole({ graph, missingParents, picture }: ReleaseTrace): void {
  expect(graph.losses, picture).toEqual([]);
  expect(missingParents, picture).toEqual([]);
}

describe('an approval that takes three days', () => {
  let folder: string;
  let file: string;
  let traced: Traced;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shifted-date-'));
    file = path.join(folder, 'offset');
    setOffset(file, 0);
    shiftDate(file);
    traced = await startTraced({
      promoterEnv: {
        SHIFTED_DATE_FILE: file,
        NODE_OPTIONS: `--import ${path.join(import.meta.dirname, 'shift-date-of-process.ts')}`,
      },
    });
  });
  afterEach(async () => {
    await traced.close();
    restoreDate();
    await rm(folder, { recursive: true });
  });

  it('is one INTERNAL span between two short arrows, and lengthens no arrow', async () => {
    const { harness } = traced;
    const { commit, tag } = await harness.push();
    await harness.runsEverywhere(tag, ['dev', 'staging']);
    const pull = await harness.eventually('the pull request for prod', () => harness.openPullRequest('prod'));
    await harness.eventually('the span of the opened pull request', () =>
      traced
        .traceOf(commit)
        .spans.some(
          ({ name, attributes }) => name === 'pull request' && attributes['deployment.environment.name'] === 'prod',
        ),
    );

    setOffset(file, 3 * DAY);
    await harness.review(pull.number, 'rene');
    await harness.runsEverywhere(tag);
    const trace = await traced.traceWith(commit, 'rollout prod');

    expectWhole(trace);
    expect(trace.edges).toContain('promoter -> gitops-config (5)');
    expect(trace.edges).toContain('argocd -> todo (3)');
    const approval = trace.named('await approval');
    expect(approval.kind).toBe('INTERNAL');
    expect(approval.endMs - approval.startMs).toBeGreaterThan(3 * DAY - 60_000);
    const arrows = trace.spans.filter(({ kind, name }) => kind !== 'INTERNAL' && name !== 'promote prod');
    expect(Math.max(...arrows.map(({ startMs, endMs }) => endMs - startMs)), trace.picture).toBeLessThan(60_000);
  }, 90_000);
});

describe('people and faults', () => {
  let traced: Traced;
  beforeAll(async () => {
    traced = await startTraced({
      transformPromotion: (text) =>
        text
          .replace(/( +)soak: 1s\n/, '$1approval: {}\n')
          .replace('application: todo-dev\n', 'application: todo-dev\n        rollback: { within: 10m }\n'),
    });
  });
  afterAll(() => traced.close());

  const inDev = async (banner: string): Promise<{ commit: string; tag: string; trace: ReleaseTrace }> => {
    const pushed = await traced.harness.push(banner);
    await traced.harness.runsEverywhere(pushed.tag, ['dev']);
    return { ...pushed, trace: await traced.traceWith(pushed.commit, 'rollout dev', 'RUN release') };
  };

  it('when a release overtakes another, both traces are complete, and the older links to the newer', async () => {
    const older = await inDev('Overtaken');
    const pull = await traced.harness.eventually('the pull request', () => traced.harness.openPullRequest('staging'));
    await traced.traceWith(older.commit, 'pull request');
    const newer = await inDev('Overtakes');
    await traced.harness.eventually('the update', () => pull.title.endsWith(newer.tag));

    const overtaken = await traced.traceWith(older.commit, 'promote staging');
    const overtaking = await traced.traceWith(newer.commit, 'pull request');

    expectWhole(overtaken);
    expect(overtaken.edges).toEqual([...ARROWS, 'promoter -> gitops-config (2)']);
    expect(overtaken.named('promote staging').attributes['promoter.outcome']).toBe('superseded');
    expect(overtaken.named('promote staging').links[0]?.traceId).toBe(overtaking.traceId);
    expect(overtaking.graph.losses).toEqual([]);
  });

  it('a revert by a person is a trace of its own that links to the release it returned to', async () => {
    const { harness, receiver } = traced;
    const good = await inDev('Good');
    const goodText = await harness.api('GET', `/repos/${CONFIG_REPOSITORY}/contents/${MANIFEST}`, 'dana');
    const { content } = (await goodText.json()) as { content: string };
    await inDev('Regretted');

    await harness.editConfig(MANIFEST, () => Buffer.from(content, 'base64').toString());
    await harness.runsEverywhere(good.tag, ['dev']);
    const [revert] = await harness.history();
    if (!revert) throw new Error('the config repository has no commits');
    const traceId = releaseTraceId(`${harness.sandbox.urls.github}/${CONFIG_REPOSITORY}`, revert.oid);
    const trace = await harness.eventually('the trace of the revert', () => {
      const found = selectTrace(receiver.exports, traceId);
      return found.spans.some(({ name }) => name === 'rollout dev') && found;
    });

    expectWhole(trace);
    expect(trace.edges).toEqual([
      'argocd -> todo (1)',
      'developer -> gitops-config (1)',
      'gitops-config -> argocd (1)',
    ]);
    const link = trace.spans.find(({ name, kind }) => name === 'rollout dev' && kind === 'SERVER')?.links[0];
    expect(link?.traceId).toBe(good.trace.traceId);
  });

  it('redelivered webhooks export nothing again', async () => {
    const { harness, receiver } = traced;
    const { commit, trace } = await inDev('Exported once');
    const { webhooks } = harness.sandbox.github.hub;
    const about = webhooks.log.list('app').filter(({ payload }) => payload.includes(commit));

    for (const delivery of about) webhooks.redeliver(delivery);
    await webhooks.settled();
    await harness.push('Another, to see that the first were read');
    const after = await traced.traceWith(commit, 'RUN release');

    expect(about.map(({ event }) => event)).toEqual(expect.arrayContaining(['push', 'workflow_run', 'workflow_job']));
    expectWhole(after);
    expect(after.spans.length).toBeGreaterThanOrEqual(trace.spans.length);
    expect(receiver.exports.length).toBeGreaterThan(0);
  });

  it('a rollout that turns Degraded is exported as failed, and the rollback is a trace that is linked in both directions', async () => {
    const { harness, receiver } = traced;
    await harness.editConfig('apps/todo/base/deployment.yaml', (text) =>
      text.replace(/progressDeadlineSeconds: \d+/, 'progressDeadlineSeconds: 2'),
    );
    const good = await inDev('Before the fall');
    const broken = await harness.push('broken');
    const failed = await traced.traceWith(broken.commit, 'rollout dev', 'rolled back', 'RUN release');
    const ending = failed.named('rolled back');
    const rollback = await harness.eventually('the trace of the rollback', () => {
      const [link] = ending.links;
      const found = link && selectTrace(receiver.exports, link.traceId);
      return found && found.spans.some(({ name }) => name === 'rollout dev') && found;
    });

    expectWhole(failed);
    expect(failed.edges).toEqual([...ARROWS, 'promoter -> gitops-config (1)']);
    expect(failed.graph.edges.find(({ client }) => client === 'argocd')?.failed).toBe(1);
    expectWhole(rollback);
    expect(rollback.edges).toEqual([
      'argocd -> todo (1)',
      'gitops-config -> argocd (1)',
      'promoter -> gitops-config (1)',
    ]);
    expect(rollback.named('roll back dev').links.map(({ traceId }) => traceId)).toContain(failed.traceId);
    expect(rollback.named('roll back dev').attributes['oci.manifest.digest']).toBe(
      good.trace.named('promote dev').attributes['oci.manifest.digest'],
    );
  }, 60_000);
});
