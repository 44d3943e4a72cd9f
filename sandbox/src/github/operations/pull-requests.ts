// Opens, edits, closes and merges pull requests under GitHub's rules.
import { ApiError, notFound, validationFailed } from '../errors.ts';
import { type Commit, splitMessage, ZERO_OID } from '../../git/git-object.ts';
import { StaleRefError } from '../../git/git-repository.ts';
import { accountOf, type Hub, now, personOf, repositoryNamed } from '../hub.ts';
import { pullRequestPayload } from '../webhooks/payloads.ts';
import { type Account, fullName, type MergeMethod, type PullRequest, type Repository } from '../world.ts';
import { enforceMergeRules } from './branch-rules.ts';
import { signCommit, webFlow } from './signed-commit.ts';

/** @throws ApiError 404 */
export function findPullRequest(hub: Hub, repository: Repository, number: number): PullRequest {
  const pull = hub.store.world.pullRequests.find(
    (candidate) => candidate.repository === fullName(repository) && candidate.number === number,
  );
  if (!pull) throw notFound();
  return pull;
}

export async function emitPullRequest(
  hub: Hub,
  action: string,
  pull: PullRequest,
  sender: Account,
  extra?: Record<string, unknown>,
): Promise<void> {
  const { id } = repositoryNamed(hub, pull.repository);
  const payload = await pullRequestPayload(hub, pull, sender, extra);
  hub.webhooks.emit({ event: 'pull_request', action, repositoryId: id, payload });
  hub.store.save();
}

export interface OpenPullRequest {
  title: string;
  body: string | undefined;
  head: string;
  base: string;
}

export async function openPullRequest(
  hub: Hub,
  repository: Repository,
  author: Account,
  request: OpenPullRequest,
): Promise<PullRequest> {
  const git = hub.gitOf(repository);
  const { world } = hub.store;
  const headRef = request.head.replace(`${repository.owner}:`, '');
  const invalid = (field: string) => validationFailed([{ resource: 'PullRequest', field, code: 'invalid' }]);
  const [headSha, baseSha] = await Promise.all([
    git.ref(`refs/heads/${headRef}`),
    git.ref(`refs/heads/${request.base}`),
  ]);
  if (!headSha) throw invalid('head');
  if (!baseSha) throw invalid('base');
  const already = world.pullRequests.some(
    (pull) =>
      pull.repository === fullName(repository) &&
      pull.state === 'open' &&
      pull.headRef === headRef &&
      pull.baseRef === request.base &&
      pull.forkOwner === undefined,
  );
  if (already) {
    const message = `A pull request already exists for ${repository.owner}:${headRef}.`;
    throw validationFailed([{ resource: 'PullRequest', code: 'custom', message }]);
  }
  if ((await git.aheadBehind(baseSha, headSha)).ahead === 0) {
    throw validationFailed([
      { resource: 'PullRequest', code: 'custom', message: `No commits between ${request.base} and ${headRef}` },
    ]);
  }
  const createdAt = now(hub);
  const pull: PullRequest = {
    id: hub.store.newId(),
    repository: fullName(repository),
    number: (repository.nextNumber += 1),
    title: request.title,
    body: request.body ?? '', // GitHub stores an empty body when there is none
    author: author.login,
    state: 'open',
    headRef,
    headSha,
    baseRef: request.base,
    baseSha,
    createdAt,
    updatedAt: createdAt,
    closedAt: null,
    closedBy: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    labels: [],
    requestedReviewers: [],
  };
  world.pullRequests.push(pull);
  await emitPullRequest(hub, 'opened', pull, author);
  return pull;
}

export interface PullRequestEdit {
  title?: string | undefined;
  body?: string | undefined;
  state?: 'open' | 'closed' | undefined;
}

export async function editPullRequest(
  hub: Hub,
  pull: PullRequest,
  actor: Account,
  edit: PullRequestEdit,
): Promise<void> {
  const changes: Record<string, { from: string }> = {};
  if (edit.title !== undefined && edit.title !== pull.title) changes['title'] = { from: pull.title };
  if (edit.body !== undefined && edit.body !== pull.body) changes['body'] = { from: pull.body };
  pull.title = edit.title ?? pull.title;
  pull.body = edit.body ?? pull.body;
  pull.updatedAt = now(hub);
  if (Object.keys(changes).length > 0) await emitPullRequest(hub, 'edited', pull, actor, { changes });
  if (edit.state === 'closed' && pull.state === 'open') await closePullRequest(hub, pull, actor);
  if (edit.state === 'open' && pull.state === 'closed') {
    if (pull.mergedAt) throw validationFailed([{ resource: 'PullRequest', field: 'state', code: 'invalid' }]);
    Object.assign(pull, { state: 'open', closedAt: null, closedBy: null });
    await emitPullRequest(hub, 'reopened', pull, actor);
  }
  hub.store.save();
}

export async function closePullRequest(hub: Hub, pull: PullRequest, actor: Account): Promise<void> {
  const at = now(hub);
  Object.assign(pull, { state: 'closed', closedAt: at, closedBy: actor.login, updatedAt: at });
  await emitPullRequest(hub, 'closed', pull, actor);
}

export interface MergeRequest {
  sha?: string | undefined;
  method: MergeMethod;
  title?: string | undefined;
  message?: string | undefined;
}

interface MergeParts {
  pull: PullRequest;
  actor: Account;
  request: MergeRequest;
  base: string;
  head: Commit;
  tree: string;
}

/** A rebase keeps author and message of the branch's commit, and GitHub does not sign it; the others are GitHub's own commits. */
async function writeMerge(hub: Hub, repository: Repository, parts: MergeParts): Promise<string> {
  const { pull, actor, request, base, head, tree } = parts;
  const git = hub.gitOf(repository);
  if (request.method === 'rebase') {
    if ((await git.aheadBehind(base, head.oid)).ahead !== 1)
      throw new ApiError(405, 'The stand-in rebases pull requests of one commit only');
    return git.commitTree(tree, [base], head.message, head.author, personOf(hub, actor));
  }
  const isSquash = request.method === 'squash';
  const author = personOf(hub, isSquash ? accountOf(hub, pull.author) : actor);
  const parents = isSquash ? [base] : [base, pull.headSha];
  const merged = await git.commitTree(
    tree,
    parents,
    mergeMessage(repository, pull, head, request),
    author,
    webFlow(hub),
  );
  signCommit(hub, merged);
  return merged;
}

/** Uses GitHub's default title and body where the caller gives none. */
function mergeMessage(repository: Repository, pull: PullRequest, head: Commit, request: MergeRequest): string {
  const [title, body] =
    request.method === 'squash'
      ? [`${pull.title} (#${pull.number})`, splitMessage(head.message).body]
      : [`Merge pull request #${pull.number} from ${repository.owner}/${pull.headRef}`, pull.title];
  return [request.title ?? title, request.message ?? body].filter(Boolean).join('\n\n');
}

/** @returns the merge commit. @throws ApiError 405 when it cannot be merged, 409 when the head moved. */
export async function mergePullRequest(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  actor: Account,
  request: MergeRequest,
): Promise<string> {
  if (pull.state === 'open') await enforceMergeRules(hub, repository, pull, request.method);
  return mergeNow(hub, repository, pull, actor, request);
}

/** Merges what the rules allow, or what the merge queue has checked. */
export async function mergeNow(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  actor: Account,
  request: MergeRequest,
): Promise<string> {
  const git = hub.gitOf(repository);
  if (pull.state !== 'open') throw new ApiError(405, 'Pull Request is not mergeable');
  if (request.sha && request.sha !== pull.headSha) {
    throw new ApiError(409, 'Head branch was modified. Review and try the merge again.');
  }
  const baseRef = `refs/heads/${pull.baseRef}`;
  const base = await git.ref(baseRef);
  const tree = base ? await git.mergeTree(base, pull.headSha) : undefined;
  if (!base || !tree) throw new ApiError(405, 'Pull Request is not mergeable');
  const head = await git.commit(pull.headSha);
  if (!head) throw new ApiError(405, 'Pull Request is not mergeable');
  const merged = await writeMerge(hub, repository, { pull, actor, request, base, head, tree });
  try {
    await git.updateRefs([{ ref: baseRef, before: base, after: merged }]);
  } catch (error) {
    if (error instanceof StaleRefError)
      throw new ApiError(405, 'Base branch was modified. Review and try the merge again.');
    throw error;
  }
  const at = now(hub);
  Object.assign(pull, {
    state: 'closed',
    closedAt: at,
    closedBy: actor.login,
    mergedAt: at,
    mergedBy: actor.login,
    mergeCommitSha: merged,
    updatedAt: at,
  });
  await emitPullRequest(hub, 'closed', pull, actor);
  await hub.onRefChange({ repository, ref: baseRef, before: base, after: merged, actor, forced: false });
  const headRef = `refs/heads/${pull.headRef}`;
  if (repository.deleteBranchOnMerge && (await git.ref(headRef)) === pull.headSha) {
    await git.updateRefs([{ ref: headRef, before: pull.headSha, after: ZERO_OID }]);
    await hub.onRefChange({ repository, ref: headRef, before: pull.headSha, after: ZERO_OID, actor, forced: false });
  }
  return merged;
}
