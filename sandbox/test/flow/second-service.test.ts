// docs/bring-your-own-app.md, followed: its commands and its pipeline are taken from the guide as they stand there.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../../src/assemble/config.ts';
import { pushRelease } from '../../src/commands/push-release.ts';
import { type Clone, cloneAs } from './clone.ts';
import { type Harness, startHarness } from './harness.ts';

/** The first block of a language below a heading of the guide. */
function blockOf(guide: string, heading: string, language: string): string {
  const section = guide.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(section)?.[1];
  if (block === undefined) throw new Error(`the guide has no ${language} below "${heading}"`);
  return block;
}

describe('a second service, as the guide adds it', () => {
  let harness: Harness;
  let clone: Clone;
  let guide: string;
  let release: { commit: string; tag: string };

  const runs = (environment: string): Promise<true> =>
    harness.eventually(`shop to run ${release.tag} in ${environment}`, async () => {
      const { runs: running, rollout } = await harness.environment(environment, 'shop');
      return running?.tag === release.tag && rollout.state === 'healthy';
    });

  beforeAll(async () => {
    guide = await readFile(path.join(REPOSITORY_ROOT, 'docs/bring-your-own-app.md'), 'utf8');
    harness = await startHarness({ services: [{ name: 'shop', folder: path.join(import.meta.dirname, '../app') }] });
    clone = await cloneAs('dana', `${harness.sandbox.urls.github}/acme/gitops-config`);
  });
  afterAll(async () => {
    await clone.remove();
    await harness.close();
  });

  it('has folders, a pipeline and no Application of its own, and the board has no problem with it', async () => {
    const cwd = await clone.git('rev-parse', '--show-toplevel');
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', blockOf(guide, '2. Folders', 'sh')], { cwd });
    const pipeline = blockOf(guide, '3. Pipeline', 'yaml').replaceAll(/^(?=.)/gm, '  ');
    await clone.edit('promotion.yaml', (text) => text.replace(/^pipelines:\n/m, (line) => line + pipeline));
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'feat: shop in dev, staging and prod');
    await clone.git('push', '--quiet');

    const names = await harness.eventually('three Applications of shop', () => {
      const found = harness.sandbox.cluster.store
        .list('Application')
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.startsWith('shop-'));
      return found.length === 3 && found;
    });
    expect(names.sort()).toEqual(['shop-dev', 'shop-prod', 'shop-staging']);
    const view = await harness.eventually('the board to have shop', async () => {
      const board = await harness.board();
      return board.pipelines.some(({ name }) => name === 'shop') && board;
    });
    expect(JSON.stringify(view)).not.toContain('todo-shop');
    expect(view.problems).toEqual([]);
  });

  it('reaches dev from its own repository, and prod after a review, while todo stays what it was', async () => {
    const { commit } = await pushRelease(harness.sandbox.urls.github, undefined, 'acme/shop');
    release = { commit, ...(await harness.imageOf(commit)) };
    await runs('dev');
    const pull = await harness.eventually('the pull request for prod', () =>
      harness.pullRequests().find(({ state, headRef }) => state === 'open' && headRef === 'promote/shop/prod'),
    );
    expect((await harness.review(pull.number, 'rene')).status).toBe(200);
    await runs('prod');

    const subjects = (await harness.history()).map(({ message }) => message.split('\n')[0] ?? '');
    expect(subjects).toContain(`promote(shop): prod to ${release.tag} (#${pull.number})`);
    expect(subjects.filter((subject) => subject.startsWith('promote(todo)'))).toEqual([]);
  });
});
