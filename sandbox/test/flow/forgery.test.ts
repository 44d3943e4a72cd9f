// What a person can write is a claim: a promotion merges only what the promoter wrote and the right person approved.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { type Clone, cloneAs } from './clone.ts';
import { type Harness, startHarness } from './harness.ts';

const PROD = 'apps/todo/overlays/prod/kustomization.yaml';
const FORGED = `sha256:${'f0'.repeat(32)}`;
/** The App's own words for itself, which anybody can write into a commit. */
const PROMOTER = 'promoter[bot] <4242+promoter[bot]@users.noreply.127.0.0.1>';

describe('a promotion branch in the hands of somebody with write access', () => {
  let harness: Harness;
  let clone: Clone;
  let number: number;
  const page = (): string => `${harness.sandbox.urls.github}/${CONFIG_REPOSITORY}`;
  const pull = () => harness.openPullRequest('staging');
  const base = async (file: string): Promise<string> => {
    await clone.git('fetch', '--quiet', 'origin');
    return clone.git('show', `origin/main:${file}`);
  };
  const takeBranch = async (): Promise<void> => {
    await clone.git('fetch', '--quiet', 'origin');
    await clone.git('checkout', '--quiet', '-B', 'promote/todo/staging', 'origin/promote/todo/staging');
  };
  const forge = async (): Promise<void> => {
    await clone.edit(PROD, (text) =>
      text.replace(/newTag: .*/, 'newTag: evil').replace(/digest: .*/, `digest: ${FORGED}`),
    );
    await clone.edit('extra.txt', () => 'nobody looked at this\n');
    await clone.git('add', '--all');
  };
  /** Resolves when the promoter has written the branch again: its head is the App's own, signed commit. */
  const rewritten = (from: string) =>
    harness.eventually('the branch to be written again', () => {
      const head = pull()?.headSha;
      return head !== undefined && head !== from && harness.sandbox.github.hub.store.world.signedCommits.includes(head);
    });

  beforeAll(async () => {
    harness = await startHarness({
      transformPromotion: (text) => text.replace(/( +)soak: 1s\n/, '$1soak: 1s\n$1approval: {}\n'),
    });
    await harness.push('An honest release');
    number = (await harness.eventually('the pull request', pull)).number;
    clone = await cloneAs('dana', page(), PROMOTER);
  });
  afterAll(async () => {
    await clone.remove();
    await harness.close();
  });

  it('is written again where its commit was amended, and what was forged reaches nothing, however it is approved', async () => {
    await takeBranch();
    await forge();
    await clone.git('commit', '--quiet', '--amend', '--no-edit');
    await clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    const forged = await clone.git('rev-parse', 'HEAD');
    await harness.review(number, 'rene', 'APPROVE', forged);

    await rewritten(forged);
    expect(await base(PROD)).not.toContain(FORGED);
    expect(await clone.git('ls-tree', '--name-only', 'origin/main')).not.toContain('extra.txt');
    expect(harness.pullRequests().filter(({ mergedAt }) => mergedAt !== null)).toEqual([]);
    await harness.eventually('the wait for a review of our own head', async () =>
      (await harness.environment('staging')).gates.some(({ name, isMet }) => name === 'approval' && !isMet),
    );
  });

  it('is held where somebody adds a commit to it, with that commit named', async () => {
    await takeBranch();
    await clone.edit('note.md', () => 'a wish\n');
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'docs: a wish');
    await clone.git('push', '--quiet', 'origin', 'HEAD');
    const head = await clone.git('rev-parse', '--short=7', 'HEAD');
    await harness.review(number, 'rene');

    await harness.eventually('the hold', async () => (await harness.environment('staging')).reason.includes(head));
    expect(pull()?.state).toBe('open');

    await clone.git('reset', '--quiet', '--hard', 'HEAD~1');
    await clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    await harness.eventually('the end of the hold', async () =>
      (await harness.environment('staging')).gates.some(({ name }) => name === 'approval'),
    );
  });

  it('is written again where the base was merged into it, and merges by the review of the same bytes', async () => {
    const reviewed = pull()?.headSha ?? '';
    await harness.editConfig('README.md', (text) => `${text}\nA line more.\n`);
    await takeBranch();
    await clone.git('merge', '--quiet', '--no-ff', '--no-edit', 'origin/main');
    await clone.git('push', '--quiet', 'origin', 'HEAD');
    await rewritten(await clone.git('rev-parse', 'HEAD'));

    await harness.review(number, 'rene', 'APPROVE', reviewed);

    await harness.eventually('the merge', () => harness.pullRequests().find((one) => one.number === number)?.mergedAt);
    expect(await base(PROD)).not.toContain(FORGED);
  });

  it('that was made beforehand, with trailers that look like ours, is not adopted', async () => {
    const before = await clone.git('rev-parse', 'origin/main');
    await clone.git('checkout', '--quiet', '-B', 'promote/todo/staging', before);
    const release = await harness.push('The next honest release');
    const dev = (await harness.environment('dev')).runs;
    await forge();
    const image = `ghcr.io/acme/todo:${release.tag}@${dev?.digest ?? FORGED}`;
    await clone.git(
      'commit',
      '--quiet',
      '--message',
      'promote(todo): staging',
      '--message',
      `Promotion: todo/staging\nImage: ${image}`,
    );
    // The promoter may be writing the branch at this very moment: whoever forges it tries again.
    await harness.eventually('the forged branch', async () => {
      await clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
      return true;
    });
    const forged = await clone.git('rev-parse', 'HEAD');

    const opened = await harness.eventually('the pull request', pull);
    await rewritten(forged);
    await harness.review(opened.number, 'rene');
    await harness.runsEverywhere(release.tag, ['staging']);
    expect(await base(PROD)).not.toContain(FORGED);
  });

  it('trailers in the documentation of a person say nothing, whoever the commit names as its author', async () => {
    const [newest] = (await harness.history()).filter(({ message }) => message.includes('Promotion: todo/dev'));
    const words = newest?.message.slice(newest.message.indexOf('Promotion: ')).replace(/main-\d+-/, 'main-999-') ?? '';
    await clone.git('fetch', '--quiet', 'origin');
    await clone.git('checkout', '--quiet', '-B', 'documentation', 'origin/main');
    await clone.edit('docs.md', () => 'How promotions look.\n');
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'docs: how promotions look', '--message', words);
    await clone.git('push', '--quiet', 'origin', 'HEAD:main');

    const release = await harness.push('After the documentation');
    await harness.runsEverywhere(release.tag, ['dev']);
  });

  it('has no place for pull requests from forks with its name: they hide nothing and decide nothing', async () => {
    const open = await harness.eventually('the pull request', pull);
    const { world } = harness.sandbox.github.hub.store;
    for (let index = 0; index < 12; index += 1)
      world.pullRequests.push({
        ...structuredClone(open),
        id: 900_000 + index,
        number: 900 + index,
        author: 'vera',
        forkOwner: 'vera',
        state: index % 2 === 0 ? 'open' : 'closed',
        closedBy: index % 2 === 0 ? null : 'vera',
        createdAt: new Date(Date.now() + 1_000).toISOString(),
      });
    const release = await harness.push('With forks about');

    await harness.eventually('the update', () => open.title.endsWith(release.tag));
    await harness.review(open.number, 'rene');
    await harness.runsEverywhere(release.tag, ['staging']);
    expect(
      world.pullRequests.filter(({ forkOwner, mergedAt }) => forkOwner !== undefined && mergedAt !== null),
    ).toEqual([]);
  });

  it('declines its release when it is closed, also after somebody added a commit to it', async () => {
    const release = await harness.push('With a wish on its branch');
    const opened = await harness.eventually('the pull request', pull);
    await harness.runsEverywhere(release.tag, ['dev']);
    await harness.eventually('its title', () => opened.title.endsWith(release.tag));
    await takeBranch();
    await clone.edit('note.md', () => 'another wish\n');
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'docs: another wish');
    await clone.git('push', '--quiet', 'origin', 'HEAD');
    const head = await clone.git('rev-parse', '--short=7', 'HEAD');
    await harness.eventually('the hold', async () => (await harness.environment('staging')).reason.includes(head));

    await harness.api('PATCH', `/repos/${CONFIG_REPOSITORY}/pulls/${opened.number}`, 'dana', { state: 'closed' });

    await harness.eventually('the decline', async () =>
      (await harness.environment('staging')).reason.includes(`declined by dana in #${opened.number}`),
    );
    expect(pull()).toBeUndefined();
  });
});
