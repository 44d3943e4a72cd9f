import type { Octokit } from '@octokit/rest';
import type { Approval } from '../decide/pipeline.ts';
import type { ReviewerRights } from './parse-pull-request.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';

const LEVELS = ['read', 'triage', 'write', 'maintain', 'admin'];

/** Asks GitHub, each time: who may approve is never remembered. */
export function createReviewerRights(
  octokitOf: () => Promise<Octokit>,
  repository: { owner: string; name: string },
): ReviewerRights {
  const { owner, name: repo } = repository;
  return {
    async hasRight(login, { team, permission }: Approval) {
      const octokit = await octokitOf();
      try {
        if (team) {
          const { data } = await octokit.rest.teams.getMembershipForUserInOrg({
            org: owner,
            team_slug: team,
            username: login,
          });
          return data.state === 'active';
        }
        const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ owner, repo, username: login });
        return LEVELS.indexOf(data.role_name) >= LEVELS.indexOf(permission);
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw toPromoterError(`read the rights of ${login}`, error);
      }
    },
  };
}
