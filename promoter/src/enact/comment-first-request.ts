// The last environment served its first request of a release -> one line in the pull request that the release's commit came from.
// For a later release of the same pull request the line is edited in place.
import { describeDuration } from '../decide/duration.ts';
import { fullName, type Repository } from '../decide/repository.ts';
import type { GitHub } from '../github/client.ts';
import { toPromoterError } from '../github/errors.ts';
import type { Arrival } from '../ports.ts';

const markerOf = ({ pipeline, environment }: Arrival): string => `<!-- promoter: ${pipeline}/${environment} -->`;

/** What says which release the comment is about. */
const tagText = ({ tag }: Arrival): string => `\`${tag}\``;

/** The comment, marker and all. */
export function firstRequestComment(arrival: Arrival): string {
  const { pipeline, environment, afterMs, url } = arrival;
  const served = `first request served ${describeDuration(afterMs)} after the commit`;
  const link = url ? ` · [timeline](${url})` : '';
  return `${markerOf(arrival)}\n**${pipeline}** ${tagText(arrival)} is live in **${environment}**: ${served}${link}`;
}

/** @returns the number of the pull request, or undefined where the commit came without one. */
export function createFirstRequestCommenter(
  github: (repository: Repository) => Promise<GitHub>,
): (arrival: Arrival) => Promise<number | undefined> {
  return async (arrival) => {
    const { repository, commit } = arrival;
    const where = { owner: repository.owner, repo: repository.name };
    try {
      const { rest, paginate } = await github(repository);
      const { data: pulls } = await rest.repos.listPullRequestsAssociatedWithCommit({
        ...where,
        commit_sha: commit,
        per_page: 10,
      });
      const pull = pulls.find(({ merged_at: mergedAt }) => mergedAt !== null);
      if (!pull) return undefined;
      const body = firstRequestComment(arrival);
      const inPull = { ...where, issue_number: pull.number };
      const comments = await paginate(rest.issues.listComments, { ...inPull, per_page: 100 });
      const own = comments.find((comment) => comment.body?.startsWith(markerOf(arrival)));
      if (!own) await rest.issues.createComment({ ...inPull, body });
      // A process that starts again serves a first request again: the release arrived when it first did.
      else if (!own.body?.includes(tagText(arrival)))
        await rest.issues.updateComment({ ...where, comment_id: own.id, body });
      return pull.number;
    } catch (error) {
      throw toPromoterError(`comment on ${commit.slice(0, 7)} of ${fullName(repository)}`, error);
    }
  };
}
