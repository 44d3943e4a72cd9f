// A rollout that ended -> a deployment with a status on the source commit. People see on the commit where it runs; and what was told
// of a release is a durable fact: a promoter that starts anew tells what no deployment says.
import type { Octokit } from '@octokit/rest';
import { TransientError } from '../errors.ts';
import { toPromoterError } from '../github/errors.ts';

export interface DeploymentReport {
  /** owner/name of the source repository. */
  repository: string;
  /** 40 hex digits. */
  commit: string;
  /** `pipeline/environment`. */
  environment: string;
  /** The commit of the config repository that brought it there. */
  configCommit: string;
  state: 'success' | 'failure';
  description: string;
  /** Where people see more. */
  logUrl: string | undefined;
}

/** GitHub cuts nothing: it refuses what is longer. */
const MAX_DESCRIPTION = 140;
/** So many content-creating requests of the hour are kept for promotions. */
const RESERVED = 200;

/** @param budgetLeft content-creating requests left in the hour. */
export function createDeploymentReporter(
  octokitOf: (owner: string, repository: string) => Promise<Octokit>,
  budgetLeft: () => number,
): (report: DeploymentReport) => Promise<void> {
  return async ({ repository, commit, environment, configCommit, state, description, logUrl }) => {
    const [owner = '', repo = ''] = repository.split('/');
    if (budgetLeft() < RESERVED)
      throw new TransientError(
        `report the deployment of ${commit.slice(0, 7)}: the rest of the hour is for promotions`,
      );
    try {
      const octokit = await octokitOf(owner, repo);
      const created = await octokit.rest.repos.createDeployment({
        owner,
        repo,
        ref: commit,
        environment,
        description: 'by the promoter',
        payload: { config_commit: configCommit },
        auto_merge: false,
        required_contexts: [], // it has happened: nothing is left to check
      });
      if (!('id' in created.data)) throw new Error(created.data.message ?? 'GitHub made no deployment');
      await octokit.rest.repos.createDeploymentStatus({
        owner,
        repo,
        deployment_id: created.data.id,
        state,
        description: description.slice(0, MAX_DESCRIPTION),
        auto_inactive: true,
        ...(logUrl ? { log_url: logUrl } : {}),
      });
    } catch (error) {
      throw toPromoterError(`report the deployment of ${commit.slice(0, 7)} to ${environment}`, error);
    }
  };
}
