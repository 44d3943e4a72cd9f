import type { Hub } from '../hub.ts';
import { fullName, type Repository } from '../world.ts';

/** Renames a repository, or transfers it to another owner. GitHub goes on to know it by its former names. */
export function renameRepository(
  hub: Hub,
  repository: Repository,
  to: Partial<Pick<Repository, 'owner' | 'name'>>,
): void {
  const { world, save } = hub.store;
  const before = fullName(repository);
  repository.formerNames = [...(repository.formerNames ?? []), before];
  Object.assign(repository, to);
  const after = fullName(repository);
  const { pullRequests, reviews, comments, checkRuns, statuses, workflowRuns, packageVersions, deployments, hooks } =
    world;
  for (const list of [
    pullRequests,
    reviews,
    comments,
    checkRuns,
    statuses,
    workflowRuns,
    packageVersions,
    deployments,
    hooks,
  ])
    for (const item of list) if (item.repository === before) item.repository = after;
  save();
}
