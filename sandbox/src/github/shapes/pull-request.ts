import { accountOf, type Hub, ownerOf, repositoryNamed } from '../hub.ts';
import type { PullRequest, Repository, Review } from '../world.ts';
import { atLeast, permissionOf } from '../callers.ts';
import { simpleUser } from './account.ts';
import { nodeId } from './links.ts';
import { repositoryShape } from './repository.ts';

function association(repository: Repository, login: string): string {
  if (login.endsWith('[bot]')) return 'CONTRIBUTOR';
  return atLeast(permissionOf(repository, login), 'write') ? 'MEMBER' : 'NONE';
}

export function labelShape(hub: Hub, repository: Repository, name: string) {
  return {
    id: [...name].reduce((sum, character) => sum * 31 + (character.codePointAt(0) ?? 0), 7) % 1_000_000_007,
    node_id: nodeId('Label', name),
    url: `${hub.links.repositoryApi(repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description: '',
    color: 'ededed',
    default: false,
  };
}

/** The `pull-request-simple` schema, which lists return. */
export function pullRequestSimple(hub: Hub, pull: PullRequest) {
  const repository = repositoryNamed(hub, pull.repository);
  const owner = ownerOf(hub, repository);
  const api = hub.links.repositoryApi(repository);
  const url = `${api}/pulls/${pull.number}`;
  const issueUrl = `${api}/issues/${pull.number}`;
  const page = `${hub.links.repositoryPage(repository)}/pull/${pull.number}`;
  const statusesUrl = `${api}/statuses/${pull.headSha}`;
  const end = (ref: string, sha: string) => ({
    label: `${owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(hub.links, owner),
    repo: repositoryShape(hub.links, repository, owner),
  });
  return {
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statusesUrl,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: simpleUser(hub.links, accountOf(hub, pull.author)),
    body: pull.body,
    labels: pull.labels.map((name) => labelShape(hub, repository, name)),
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.requestedReviewers.map((login) => simpleUser(hub.links, accountOf(hub, login))),
    requested_teams: [],
    head: end(pull.headRef, pull.headSha),
    base: end(pull.baseRef, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statusesUrl },
    },
    author_association: association(repository, pull.author),
    auto_merge: null,
    draft: false,
  };
}

/** Returns true when merging would not conflict. */
export async function isMergeable(hub: Hub, pull: PullRequest): Promise<boolean> {
  const git = hub.gitOf(repositoryNamed(hub, pull.repository));
  const base = await git.ref(`refs/heads/${pull.baseRef}`);
  return base !== undefined && (await git.mergeTree(base, pull.headSha)) !== undefined;
}

/** The `pull-request` schema. */
export async function pullRequestShape(hub: Hub, pull: PullRequest) {
  const repository = repositoryNamed(hub, pull.repository);
  const git = hub.gitOf(repository);
  const files = (await git.mergeBase(pull.baseSha, pull.headSha)) ? await git.diff(pull.baseSha, pull.headSha) : [];
  const { ahead } = await git.aheadBehind(pull.baseSha, pull.headSha);
  const mergeable = pull.state === 'open' ? await isMergeable(hub, pull) : null;
  const comments = hub.store.world.comments.filter(
    ({ repository: name, number }) => name === pull.repository && number === pull.number,
  );
  return {
    ...pullRequestSimple(hub, pull),
    merged: pull.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
    merged_by: pull.mergedBy ? simpleUser(hub.links, accountOf(hub, pull.mergedBy)) : null,
    comments: comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: ahead,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

/** The `pull-request-review` schema; webhooks carry the state in lower case. */
export function reviewShape(hub: Hub, review: Review) {
  const repository = repositoryNamed(hub, review.repository);
  const pullUrl = `${hub.links.repositoryApi(repository)}/pulls/${review.pullNumber}`;
  const page = `${hub.links.repositoryPage(repository)}/pull/${review.pullNumber}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: simpleUser(hub.links, accountOf(hub, review.author)),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pullUrl,
    author_association: association(repository, review.author),
    _links: { html: { href: page }, pull_request: { href: pullUrl } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
  };
}
