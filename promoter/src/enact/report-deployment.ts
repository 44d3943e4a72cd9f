// A rollout that ended -> a deployment with a status on the source commit. People see on the commit where it runs; and what was recorded
// of a release is a durable fact: a promoter that starts again exports what no deployment says.
import { fullName, type Repository } from '../decide/repository.ts';
import { TransientError } from '../errors.ts';
import type { GitHub } from '../github/client.ts';
import { toPromoterError } from '../github/errors.ts';
import type { DeploymentReport } from '../ports.ts';

/** GitHub cuts nothing: it refuses what is longer. */
const MAX_DESCRIPTION = 140;
/** So many content-creating requests of the hour are kept for promotions. */
const RESERVED = 200;

/** @param budgetLeft content-creating requests left in the hour. */
export function createDeploymentReporter(
  github: (repository: Repository) => Promise<GitHub>,
  budgetLeft: () => number,
): (report: DeploymentReport) => Promise<void> {
  return async ({ repository, commit, environment, configCommit, state, description, logUrl }) => {
    const action = `report the deployment of ${commit.slice(0, 7)} of ${fullName(repository)} to ${environment}`;
    if (budgetLeft() < RESERVED) throw new TransientError(`${action}: the rest of the hour is for promotions`);
    const where = { owner: repository.owner, repo: repository.name };
    try {
      const { rest } = await github(repository);
      const created = await rest.repos.createDeployment({
        ...where,
        ref: commit,
        environment,
        description: 'by the promoter',
        payload: { config_commit: configCommit },
        auto_merge: false,
        required_contexts: [], // it has happened: nothing is left to check
      });
      if (!('id' in created.data)) throw new Error(created.data.message ?? 'GitHub made no deployment');
      await rest.repos.createDeploymentStatus({
        ...where,
        deployment_id: created.data.id,
        state,
        description: description.slice(0, MAX_DESCRIPTION),
        auto_inactive: true,
        ...(logUrl ? { log_url: logUrl } : {}),
      });
    } catch (error) {
      throw toPromoterError(action, error);
    }
  };
}
