// The buttons of a pull request, under the same rules as the API.
import { atLeast, permissionOf } from '../callers.ts';
import { ApiError } from '../errors.ts';
import type { Hub } from '../hub.ts';
import { editPullRequest, mergePullRequest } from '../operations/pull-requests.ts';
import { submitReview } from '../operations/reviews.ts';
import type { Account, PullRequest, Repository } from '../world.ts';

const REVIEWS = { approve: 'APPROVE', 'request-changes': 'REQUEST_CHANGES', comment: 'COMMENT' } as const;
export type PullRequestAction = keyof typeof REVIEWS | 'close' | 'merge';

/** @throws ApiError with the reason when GitHub's rules forbid the action. */
export async function actOnPullRequest(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  viewer: Account,
  action: PullRequestAction,
  text: string,
): Promise<void> {
  if (action !== 'close' && action !== 'merge') {
    submitReview(hub, repository, pull, viewer, { event: REVIEWS[action], body: text });
    return;
  }
  if (!atLeast(permissionOf(repository, viewer.login), 'write'))
    throw new ApiError(403, `${viewer.login} has no write access here`);
  await hub.exclusively(repository, async () => {
    if (action === 'close') await editPullRequest(hub, pull, viewer, { state: 'closed' });
    else await mergePullRequest(hub, repository, pull, viewer, { method: 'squash' });
  });
}
