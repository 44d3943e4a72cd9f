// The workflow of the config repository checks that every overlay at the head of a branch renders.
import { ZERO_OID } from '../../git/git-object.ts';
import type { Hub, RefChange } from '../hub.ts';
import { createCheckRun, updateCheckRun } from '../operations/check-runs.ts';
import { render } from '../../kustomize/render.ts';
import { fullName } from '../world.ts';

export async function runValidateWorkflow(hub: Hub, { repository, ref, after }: RefChange): Promise<void> {
  const git = hub.gitOf(repository);
  if (after === ZERO_OID || ref === `refs/heads/${repository.defaultBranch}`) return;
  if (!(await git.read(`${after}:promotion.yaml`))) return;
  const known = hub.store.world.checkRuns.some(
    (run) => run.repository === fullName(repository) && run.headSha === after && run.name === 'validate',
  );
  if (known) return;
  const run = createCheckRun(hub, repository, {
    name: 'validate',
    headSha: after,
    status: 'in_progress',
    appSlug: 'github-actions',
  });
  const problems: string[] = [];
  let rendered = 0;
  for (const app of (await git.tree(`${after}:apps`)) ?? []) {
    for (const overlay of (await git.tree(`${after}:apps/${app.name}/overlays`)) ?? []) {
      const folder = `apps/${app.name}/overlays/${overlay.name}`;
      try {
        await render(folder, async (file) => (await git.read(`${after}:${file}`))?.content.toString());
        rendered += 1;
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  if (rendered + problems.length === 0) problems.push('there is no overlay below apps/*/overlays');
  updateCheckRun(hub, repository, run, {
    conclusion: problems.length > 0 ? 'failure' : 'success',
    title: problems.length > 0 ? `${problems.length} problem(s)` : `${rendered} overlays render`,
    summary: problems.join('\n'),
  });
}
