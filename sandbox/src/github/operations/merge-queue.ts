// The merge queue of a branch: GitHub puts each pull request on a branch of its own, waits for the required checks there, and merges.
// https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
import { ZERO_OID } from '../../git/git-object.ts';
import { ApiError } from '../errors.ts';
import { accountOf, type Hub, now, personOf } from '../hub.ts';
import { type Account, fullName, type PullRequest, type Repository } from '../world.ts';
import { brokenChecks, brokenMergeRules, rulesOf } from './branch-rules.ts';
import { emitPullRequest, mergeNow } from './pull-requests.ts';
import { signCommit, webFlow } from './signed-commit.ts';

const QUEUE = 'github-merge-queue[bot]';

function queueAccount({ store: { world, newId } }: Hub): Account {
  const known = world.accounts.find(({ login }) => login === QUEUE);
  if (known) return known;
  const account: Account = { id: newId(), login: QUEUE, name: QUEUE, type: 'Bot' };
  world.accounts.push(account);
  return account;
}

export const hasMergeQueue = (repository: Repository, branch: string): boolean =>
  rulesOf(repository, 'merge_queue', branch).length > 0;

/** First in, first merged. */
export function queuedPulls(hub: Hub, repository: Repository): PullRequest[] {
  return hub.store.world.pullRequests
    .filter(({ repository: of, state, queued }) => of === fullName(repository) && state === 'open' && queued)
    .sort((one, other) => (one.queued?.at ?? '').localeCompare(other.queued?.at ?? '') || one.number - other.number);
}

/** @throws ApiError 422 where it may not be put into the queue. */
export async function enqueue(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  actor: Account,
  expectedHeadOid: string | undefined,
): Promise<void> {
  const git = hub.gitOf(repository);
  if (!hasMergeQueue(repository, pull.baseRef))
    throw new ApiError(422, 'The merge queue is not enabled on the base branch');
  if (pull.queued) throw new ApiError(422, 'Pull request is already in the queue');
  if (expectedHeadOid !== undefined && expectedHeadOid !== pull.headSha)
    throw new ApiError(422, 'Head branch was modified. Review and try the merge again.', { graphqlType: 'STALE_DATA' });
  const broken = await brokenMergeRules(hub, repository, pull);
  if (broken.length > 0) throw new ApiError(422, `Pull request ${broken.join(', ')}`);
  const [base, tree] = [await git.ref(`refs/heads/${pull.baseRef}`), await git.mergeTree(pull.baseSha, pull.headSha)];
  if (!base || !tree) throw new ApiError(422, 'Pull request has merge conflicts');
  const author = personOf(hub, accountOf(hub, pull.author));
  const groupSha = await git.commitTree(tree, [base], `${pull.title} (#${pull.number})`, author, webFlow(hub));
  signCommit(hub, groupSha);
  const groupRef = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${pull.number}-${base}`;
  const at = now(hub);
  pull.queued = { by: actor.login, at, groupRef, groupSha };
  pull.queueEvent = { kind: 'added', by: actor.login, at, reason: null };
  await emitPullRequest(hub, 'enqueued', pull, actor);
  await git.updateRefs([{ ref: groupRef, before: (await git.ref(groupRef)) ?? ZERO_OID, after: groupSha }]);
  await hub.onRefChange({
    repository,
    ref: groupRef,
    before: ZERO_OID,
    after: groupSha,
    actor: queueAccount(hub),
    forced: false,
  });
  advanceMergeQueue(hub, repository);
}

export async function dequeue(
  hub: Hub,
  repository: Repository,
  pull: PullRequest,
  actor: Account,
  reason: string | null,
): Promise<void> {
  const { queued } = pull;
  if (!queued) return;
  delete pull.queued;
  pull.queueEvent = { kind: 'removed', by: actor.login, at: now(hub), reason };
  await dropGroup(hub, repository, queued.groupRef);
  await emitPullRequest(hub, 'dequeued', pull, actor, { reason: reason ?? 'MANUAL' });
}

async function dropGroup(hub: Hub, repository: Repository, ref: string): Promise<void> {
  const git = hub.gitOf(repository);
  const before = await git.ref(ref);
  if (before) await git.updateRefs([{ ref, before, after: ZERO_OID }]);
}

/** Merges what its checks have passed, and takes out what has failed. Called whenever that may have changed. */
export function advanceMergeQueue(hub: Hub, repository: Repository): void {
  if (queuedPulls(hub, repository).length === 0) return;
  hub.background(
    hub.exclusively(repository, async () => {
      for (const pull of queuedPulls(hub, repository)) await advance(hub, repository, pull);
    }),
  );
}

async function advance(hub: Hub, repository: Repository, pull: PullRequest): Promise<void> {
  const [rule] = rulesOf(repository, 'merge_queue', pull.baseRef);
  if (!pull.queued || !rule) return;
  const broken = brokenChecks(hub, repository, pull.baseRef, pull.queued.groupSha);
  if (broken.some((sentence) => sentence.endsWith('is failing.')))
    return dequeue(hub, repository, pull, queueAccount(hub), 'failed checks');
  if (broken.length > 0) return undefined;
  const { groupRef } = pull.queued;
  delete pull.queued;
  await mergeNow(hub, repository, pull, queueAccount(hub), { method: rule.method });
  return dropGroup(hub, repository, groupRef);
}
