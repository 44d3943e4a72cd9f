// Reviews under GitHub's rules: authors cannot review their own pull request, the latest opinion counts, a dismissal withdraws it.
import { ApiError, validationFailed } from '../errors.ts';
import { type Hub, now } from '../hub.ts';
import { reviewPayload } from '../webhooks/payloads.ts';
import { type Account, fullName, type PullRequest, type Repository, type Review } from '../world.ts';

export type ReviewEvent = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

export function reviewsOf(hub: Hub, pull: PullRequest): Review[] {
  return hub.store.world.reviews.filter(
    ({ repository, pullNumber }) => repository === pull.repository && pullNumber === pull.number,
  );
}

/** Returns each person's latest opinion; a comment is none, and does not cancel an approval. */
export function latestOpinions(hub: Hub, pull: PullRequest): Review[] {
  const latest = new Map<string, Review>();
  for (const review of reviewsOf(hub, pull)) if (review.state !== 'COMMENTED') latest.set(review.author, review);
  return [...latest.values()];
}

export interface ReviewRequest {
  event: ReviewEvent;
  body: string;
  commitSha?: string | undefined;
}

export function submitReview(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  author: Account,
  request: ReviewRequest,
): Review {
  if (pull.author === author.login && request.event !== 'COMMENT') {
    const verb = request.event === 'APPROVE' ? 'approve' : 'request changes on';
    throw new ApiError(422, 'Unprocessable Entity', { errors: [`Can not ${verb} your own pull request`] });
  }
  if (request.event !== 'APPROVE' && !request.body) {
    throw validationFailed(['Body cannot be blank']);
  }
  const review: Review = {
    id: hub.store.newId(),
    repository: pull.repository,
    pullNumber: pull.number,
    author: author.login,
    body: request.body,
    state: STATES[request.event],
    commitSha: request.commitSha ?? pull.headSha,
    submittedAt: now(hub),
  };
  hub.store.world.reviews.push(review);
  hub.webhooks.emit({
    event: 'pull_request_review',
    action: 'submitted',
    repositoryId: repository.id,
    payload: reviewPayload(hub, pull, review, author),
  });
  hub.store.save();
  return review;
}

export function dismissReview(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  review: Review,
  actor: Account,
  message: string,
): void {
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw new ApiError(422, 'Validation Failed', { errors: ['Cannot dismiss a review that is not an opinion'] });
  }
  if (!message) throw validationFailed(['Message cannot be blank']);
  review.state = 'DISMISSED';
  hub.webhooks.emit({
    event: 'pull_request_review',
    action: 'dismissed',
    repositoryId: repository.id,
    payload: reviewPayload(hub, pull, review, actor),
  });
  hub.store.save();
}

export function findReview(hub: Hub, repository: Repository, number: number, id: number): Review | undefined {
  return hub.store.world.reviews.find(
    (review) => review.repository === fullName(repository) && review.pullNumber === number && review.id === id,
  );
}
