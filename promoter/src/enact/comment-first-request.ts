// The last environment served its first request of a release -> one line in the pull request that the release's commit came from.
// For a later release of the same pull request the line is edited in place.
import type { Octokit } from '@octokit/rest';
import { toPromoterError } from '../github/errors.ts';

export interface Arrival {
  /** owner/name of the source repository. */
  repository: string;
  /** 40 hex digits. */
  commit: string;
  pipeline: string;
  environment: string;
  tag: string;
  /** RFC 3339. */
  servedAt: string;
  /** From the commit to the request, for people. */
  after: string;
  url: string | undefined;
}

const markerOf = ({ pipeline, environment }: Arrival): string => `<!-- promoter: ${pipeline}/${environment} -->`;

const tagText = ({ tag }: Arrival): string => `\`${tag}\``;

/** The comment, marker and all. */
export function arrivalText(arrival: Arrival): string {
  const { pipeline, environment, servedAt, after, url } = arrival;
  const way = url ? ` ([its way](${url}))` : '';
  return `${markerOf(arrival)}\n**${pipeline}** served its first request of this change in **${environment}** ${after} after the commit, at ${servedAt}, with ${tagText(arrival)}${way}.`;
}

/** @returns the number of the pull request, or undefined where the commit came without one. */
export function createArrivalAnnouncer(
  octokitOf: (owner: string, repository: string) => Promise<Octokit>,
): (arrival: Arrival) => Promise<number | undefined> {
  return async (arrival) => {
    const { repository, commit } = arrival;
    const [owner = '', repo = ''] = repository.split('/');
    try {
      const octokit = await octokitOf(owner, repo);
      const { data: pulls } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
        owner,
        repo,
        commit_sha: commit,
        per_page: 10,
      });
      const pull = pulls.find(({ merged_at: mergedAt }) => mergedAt !== null);
      if (!pull) return undefined;
      const body = arrivalText(arrival);
      const comments = await octokit.paginate(octokit.rest.issues.listComments, {
        owner,
        repo,
        issue_number: pull.number,
        per_page: 100,
      });
      const own = comments.find((comment) => comment.body?.startsWith(markerOf(arrival)));
      if (!own) await octokit.rest.issues.createComment({ owner, repo, issue_number: pull.number, body });
      // A process that starts anew serves a first request again: the release arrived when it did.
      else if (!own.body?.includes(tagText(arrival)))
        await octokit.rest.issues.updateComment({ owner, repo, comment_id: own.id, body });
      return pull.number;
    } catch (error) {
      throw toPromoterError(`announce ${commit.slice(0, 7)} in its pull request`, error);
    }
  };
}
