// Manifests of other people: without a digest, executable, behind symbolic links. Each stays what it is, but for the image.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clone, cloneAs } from './clone.ts';
import { type Harness, startHarness } from './harness.ts';

const overlay = (environment: string): string => `apps/todo/overlays/${environment}/kustomization.yaml`;

describe('files as they are', () => {
  let harness: Harness;
  let clone: Clone;
  let release: { commit: string; tag: string };

  /** What was put into the index alone is not in the folder. */
  const synchronize = async (): Promise<void> => {
    await clone.git('fetch', '--quiet');
    await clone.git('reset', '--quiet', '--hard', 'origin/main');
  };
  const modeOf = async (file: string): Promise<string | undefined> => {
    await synchronize();
    return (await clone.git('ls-tree', 'HEAD', file)).split(' ')[0];
  };
  const link = async (path: string, target: string): Promise<void> => {
    await clone.edit('target', () => target);
    const oid = await clone.git('hash-object', '-w', 'target');
    await clone.git('update-index', '--add', '--cacheinfo', `120000,${oid},${path}`);
  };
  const push = async (message: string): Promise<void> => {
    await clone.git('commit', '--quiet', '--message', message);
    await clone.git('push', '--quiet');
  };

  beforeAll(async () => {
    harness = await startHarness();
    clone = await cloneAs('dana', `${harness.sandbox.urls.github}/acme/gitops-config`);
    await clone.edit(overlay('dev'), (text) => text.replace(/\n *digest: .*/, ''));
    await clone.edit('promotion.yaml', (text) =>
      text.replace(overlay('staging'), 'links/staging/kustomization.yaml').replace(overlay('prod'), 'links/prod.yaml'),
    );
    await clone.git('add', '--all');
    await clone.git('update-index', '--chmod=+x', overlay('dev'), overlay('staging'));
    await link('links/staging', '../apps/todo/overlays/staging');
    await link('links/prod.yaml', '../apps/todo/overlays/prod/kustomization.yaml');
    await push('chore: files as others have them');
    release = await harness.push();
  });
  afterAll(async () => {
    await clone.remove();
    await harness.close();
  });

  it('an entry without a digest gets one, and an executable file stays executable', async () => {
    await harness.runsEverywhere(release.tag, ['dev']);

    expect(await modeOf(overlay('dev'))).toBe('100755');
    expect(await clone.git('show', `HEAD:${overlay('dev')}`)).toMatch(
      new RegExp(`newTag: ${release.tag}.*\n *digest: sha256:[0-9a-f]{64}`),
    );
  });

  it('a pull request edits what a link of a folder leads to, and the links stay', async () => {
    await harness.runsEverywhere(release.tag, ['staging']);

    expect(await modeOf(overlay('staging'))).toBe('100755');
    expect(await modeOf('links/staging')).toBe('120000');
    expect(await clone.git('show', 'HEAD:links/staging')).toBe('../apps/todo/overlays/staging');
    expect(await clone.git('show', `HEAD:${overlay('staging')}`)).toContain(`newTag: ${release.tag}`);
  });

  it('a pull request behind a link is updated in place, and merges once its head is approved', async () => {
    const pull = await harness.eventually('the pull request for prod', () => harness.openPullRequest('prod'));
    const next = await harness.push();
    await harness.eventually('prod to be proposed the next release', () =>
      harness.pullRequests().some(({ number, title }) => number === pull.number && title.includes(next.tag)),
    );
    expect((await harness.review(pull.number, 'rene')).status).toBe(200);
    await harness.runsEverywhere(next.tag);

    expect(await modeOf('links/prod.yaml')).toBe('120000');
    expect(await modeOf(overlay('prod'))).toBe('100644');
  });

  it('two environments that reach one file by links stop their pipeline', async () => {
    await synchronize();
    await link('links/prod.yaml', 'staging/kustomization.yaml');
    await push('chore: prod is staging');
    const problem = await harness.eventually('the problem', async () =>
      (await harness.board()).problems.find(({ file }) => file === 'links/prod.yaml'),
    );

    expect(problem.reason).toBe(
      `leads to ${overlay('staging')}, which is also the manifest of todo/staging (links/staging/kustomization.yaml); give each environment its own`,
    );
  });
});
