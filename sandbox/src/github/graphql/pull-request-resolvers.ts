import { atLeast, permissionOf } from '../callers.ts';
import type { Hub } from '../hub.ts';
import { brokenMergeRules, isBehind } from '../operations/branch-rules.ts';
import { hasMergeQueue, queuedPulls } from '../operations/merge-queue.ts';
import { latestOpinions, reviewsOf } from '../operations/reviews.ts';
import { nodeId } from '../shapes/links.ts';
import { isMergeable } from '../shapes/pull-request.ts';
import { fullName, type PullRequest, type Repository, type Review } from '../world.ts';
import { accountActor } from './account-resolvers.ts';
import { connection, type PageArguments } from './connection.ts';
import type { GitResolvers } from './git-resolvers.ts';
import { type PullRequestArguments, stateOf } from './pull-request-arguments.ts';

function reviewNode(hub: Hub, repository: Repository, git: GitResolvers, review: Review) {
  const canPush = !review.author.endsWith('[bot]') && atLeast(permissionOf(repository, review.author), 'write');
  return {
    __typename: 'PullRequestReview',
    id: nodeId('PullRequestReview', review.id),
    databaseId: review.id,
    author: accountActor(hub, review.author),
    authorCanPushToRepository: canPush,
    body: review.body,
    state: review.state,
    submittedAt: review.submittedAt,
    url: `${hub.links.repositoryPage(repository)}/pull/${review.pullNumber}#pullrequestreview-${review.id}`,
    commit: () => git.commitOf(review.commitSha),
  };
}

/** Returns one event for a closed pull request, none for an open one. */
function closedEvents(hub: Hub, { id, closedBy, closedAt }: PullRequest): object[] {
  if (closedBy === null || closedAt === null) return [];
  const actor = accountActor(hub, closedBy);
  return [{ __typename: 'ClosedEvent', id: nodeId('ClosedEvent', id), actor, createdAt: closedAt }];
}

function queueEntry(hub: Hub, repository: Repository, pull: PullRequest): object | null {
  if (!pull.queued) return null;
  return {
    id: nodeId('MergeQueueEntry', pull.id),
    position: queuedPulls(hub, repository).indexOf(pull) + 1,
    state: 'AWAITING_CHECKS',
    enqueuedAt: pull.queued.at,
  };
}

/** The last of them: nobody here asks for an older one. */
function queueEvents(hub: Hub, { id, queueEvent }: PullRequest, itemTypes: string[] | null | undefined): object[] {
  if (!queueEvent) return [];
  const { kind, by, at, reason } = queueEvent;
  const [type, __typename] =
    kind === 'added'
      ? ['ADDED_TO_MERGE_QUEUE_EVENT', 'AddedToMergeQueueEvent']
      : ['REMOVED_FROM_MERGE_QUEUE_EVENT', 'RemovedFromMergeQueueEvent'];
  if (itemTypes && !itemTypes.includes(type)) return [];
  return [{ __typename, id: nodeId(__typename, id), actor: accountActor(hub, by), createdAt: at, reason }];
}

export function pullRequestNode(hub: Hub, repository: Repository, git: GitResolvers, pull: PullRequest): object {
  const storage = hub.gitOf(repository);
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', pull.id),
    databaseId: pull.id,
    number: pull.number,
    url: `${hub.links.repositoryPage(repository)}/pull/${pull.number}`,
    title: pull.title,
    body: pull.body,
    state: stateOf(pull),
    closed: pull.state === 'closed',
    merged: pull.mergedAt !== null,
    isDraft: false,
    isCrossRepository: pull.forkOwner !== undefined,
    isInMergeQueue: pull.queued !== undefined,
    isMergeQueueEnabled: hasMergeQueue(repository, pull.baseRef),
    mergeQueueEntry: queueEntry(hub, repository, pull),
    author: accountActor(hub, pull.author),
    mergedBy: pull.mergedBy ? accountActor(hub, pull.mergedBy) : null,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt,
    mergedAt: pull.mergedAt,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    mergeCommit: () => (pull.mergeCommitSha ? git.commitOf(pull.mergeCommitSha) : null),
    mergeable: async () =>
      pull.state === 'closed' ? 'UNKNOWN' : (await isMergeable(hub, pull)) ? 'MERGEABLE' : 'CONFLICTING',
    mergeStateStatus: async () => {
      if (pull.state === 'closed') return 'UNKNOWN';
      if (!(await isMergeable(hub, pull))) return 'DIRTY';
      if ((await brokenMergeRules(hub, repository, pull)).length > 0) return 'BLOCKED';
      return (await isBehind(hub, repository, pull)) ? 'BEHIND' : 'CLEAN';
    },
    reviewDecision: null,
    commits: async ({ first, last }: PageArguments) => {
      const commits = await storage.log(`${pull.baseSha}..${pull.headSha}`, 100);
      const heads = commits.length > 0 ? commits.map(({ oid }) => oid).reverse() : [pull.headSha];
      const nodes = heads.map((oid) => ({
        __typename: 'PullRequestCommit',
        id: nodeId('PullRequestCommit', oid),
        commit: () => git.commitOf(oid),
      }));
      return connection(nodes, { first: first ?? null, last: last ?? null });
    },
    reviews: (args: PageArguments) =>
      connection(
        reviewsOf(hub, pull).map((review) => reviewNode(hub, repository, git, review)),
        args,
      ),
    latestOpinionatedReviews: ({ writersOnly, ...args }: PageArguments & { writersOnly?: boolean }) => {
      const nodes = latestOpinions(hub, pull).map((review) => reviewNode(hub, repository, git, review));
      return connection(writersOnly ? nodes.filter((node) => node.authorCanPushToRepository) : nodes, args);
    },
    timelineItems: ({ itemTypes, ...args }: PageArguments & { itemTypes?: string[] | null }) => {
      const events = [
        ...(!itemTypes || itemTypes.includes('CLOSED_EVENT') ? closedEvents(hub, pull) : []),
        ...queueEvents(hub, pull, itemTypes),
      ];
      return {
        ...connection(events, args),
        filteredCount: events.length,
        pageCount: events.length,
        updatedAt: pull.updatedAt,
      };
    },
    labels: (args: PageArguments) =>
      connection(
        pull.labels.map((name) => ({ id: nodeId('Label', name), name, color: 'ededed' })),
        args,
      ),
  };
}

export function findPullRequests(hub: Hub, repository: Repository, args: PullRequestArguments): PullRequest[] {
  const field = args.orderBy?.field === 'UPDATED_AT' ? 'updatedAt' : 'createdAt';
  const found = hub.store.world.pullRequests.filter(
    (pull) =>
      pull.repository === fullName(repository) &&
      (!args.headRefName || pull.headRef === args.headRefName) &&
      (!args.baseRefName || pull.baseRef === args.baseRefName) &&
      (!args.states || args.states.includes(stateOf(pull))),
  );
  if (!args.orderBy) return found;
  const sorted = found.sort((one, other) => one[field].localeCompare(other[field]) || one.number - other.number);
  return args.orderBy.direction === 'DESC' ? sorted.reverse() : sorted;
}
