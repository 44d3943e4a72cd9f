import type { Approval } from '../decide/pipeline.ts';
import type { Repository } from '../decide/repository.ts';
import { TransientError } from '../errors.ts';
import type { GitHub } from '../github/client.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';
import type { ReviewerRights } from './parse-pull-request.ts';

const LEVELS = ['read', 'triage', 'write', 'maintain', 'admin'];

/** Asks GitHub each time: who may approve is never remembered. @param repository by its present name. */
export function createReviewerRights(github: () => Promise<GitHub>, repository: Repository): ReviewerRights {
  async function isInTeam(login: string, team: string): Promise<boolean> {
    const { rest } = await github();
    const { data } = await rest.teams.getMembershipForUserInOrg({
      org: repository.owner,
      team_slug: team,
      username: login,
    });
    return data.state === 'active';
  }

  async function hasPermission(login: string, permission: string): Promise<boolean> {
    const { rest } = await github();
    const { owner, name: repo } = repository;
    const { data } = await rest.repos.getCollaboratorPermissionLevel({ owner, repo, username: login });
    return LEVELS.indexOf(data.role_name) >= LEVELS.indexOf(permission);
  }

  return {
    async hasRight(login, { team, permission }: Approval) {
      try {
        return await (team === undefined ? hasPermission(login, permission) : isInTeam(login, team));
      } catch (error) {
        if (statusOf(error) === 404) return false;
        const failure = toPromoterError(`read the rights of ${login}`, error);
        if (failure instanceof TransientError) throw failure;
        // What we may not ask counts for nobody, and stops nothing else.
        return undefined;
      }
    },
  };
}
