// A pull request as GitHub answers it -> as decide/ knows it.
import type { Approval } from '../decide/pipeline.ts';
import { parseTrailers } from '../decide/commit-trailers.ts';
import type { Check, Declined, PullRequest, QueuePlace, Review } from '../decide/promotion.ts';
import { type Identity, isActor, isMadeBy } from '../github/identity.ts';
import { permissionFor } from '../github/permissions.ts';
import type { ClosedPullNode, OpenPullNode } from './snapshot-answer.ts';
import type { HeadState } from './verify-heads.ts';

const REVIEW_STATES = { APPROVED: 'approved', CHANGES_REQUESTED: 'changes requested', DISMISSED: 'dismissed' } as const;
const PENDING = new Set(['PENDING', 'EXPECTED']);
const UNREADABLE: Check = {
  name: `GitHub does not let us read them: grant the App ${permissionFor(['statusCheckRollup'])}`,
  state: 'unreadable',
};
const PASSED = new Set(['SUCCESS', 'NEUTRAL', 'SKIPPED']);

type Rollup = NonNullable<NonNullable<OpenPullNode['commits']['nodes'][number]>['commit']['statusCheckRollup']>;
type CheckContext = NonNullable<Rollup['contexts']['nodes'][number]>;

/** Of runs with one name, by one App and workflow, the last: a run that was cancelled for a later one says nothing. */
function latestOf(contexts: readonly CheckContext[]): CheckContext[] {
  const latest = new Map<string, CheckContext>();
  for (const context of contexts) {
    if (context.kind === 'StatusContext') {
      latest.set(`status ${context.context}`, context);
      continue;
    }
    const { app, workflowRun } = context.checkSuite ?? {};
    const key = `run ${app?.slug ?? ''} ${workflowRun?.workflow.databaseId ?? ''} ${context.name}`;
    const other = latest.get(key);
    const isLater = other?.kind !== 'CheckRun' || (other.databaseId ?? 0) <= (context.databaseId ?? 0);
    if (isLater) latest.set(key, context);
  }
  return [...latest.values()];
}

function checkOf(context: CheckContext): Check {
  if (context.kind === 'StatusContext') return { name: context.context, state: stateOf(context.state) };
  if (context.status !== 'COMPLETED') return { name: context.name, state: 'pending' };
  const isPassed = context.conclusion !== null && PASSED.has(context.conclusion);
  return { name: context.name, state: isPassed ? 'passed' : 'failed' };
}

/** Of a commit status, and of all checks together. */
function stateOf(state: string): Check['state'] {
  if (PASSED.has(state)) return 'passed';
  return PENDING.has(state) ? 'pending' : 'failed';
}

function checksOf(node: OpenPullNode, areForbidden: boolean): Check[] {
  if (areForbidden) return [UNREADABLE];
  const rollup = node.commits.nodes[0]?.commit.statusCheckRollup;
  if (!rollup) return [];
  const readable = rollup.contexts.nodes.filter((context) => context !== null);
  const hidden = rollup.contexts.nodes.length > readable.length ? [UNREADABLE] : [];
  const latest = latestOf(readable);
  const listed = [...latest.map(checkOf), ...hidden];
  const others = rollup.contexts.totalCount - rollup.contexts.nodes.length;
  // GitHub lists a hundred; how the others stand is in the state of all together, unless one of the hundred explains that.
  const isExplained = others === 0 || listed.some(({ state }) => state !== 'passed');
  if (!isExplained) return [...listed, { name: `${others} more checks`, state: stateOf(rollup.state) }];
  // What GitHub counts as failed is: unless a run that a later one took the place of explains it.
  const isFailed = stateOf(rollup.state) === 'failed' && latest.length === readable.length;
  const isOpen = listed.some(({ state }) => state === 'failed' || state === 'unreadable');
  return isFailed && !isOpen ? [...listed, { name: 'GitHub counts one as failed', state: 'failed' }] : listed;
}

export interface ReviewerRights {
  /** Whether this person has the right that the approval asks for; undefined where GitHub does not let us know. */
  hasRight(login: string, approval: Approval): Promise<boolean | undefined>;
}

/** Heads of the pull request by their commits: the one it has, and those that were reviewed. */
export type HeadStates = ReadonlyMap<string, { state: HeadState; manifestOid: string | undefined }>;

/**
 * The head that a review counts for: the present one where the reviewed head was ours too and promotes the same bytes. A branch that was
 * written again on a newer base needs no second review.
 */
function reviewedHead(reviewed: string | undefined, present: string, heads: HeadStates): string | undefined {
  const now = heads.get(present);
  // A head that is not ours is approved by nobody: it is written again, or leaves the promoter's hands.
  if (reviewed === undefined || now?.state.kind !== 'ours') return undefined;
  const before = heads.get(reviewed);
  if (before?.state.kind !== 'ours') return reviewed;
  const isSame =
    before.manifestOid !== undefined &&
    before.manifestOid === now.manifestOid &&
    before.state.record.release.digest === now.state.record.release.digest;
  return isSame ? present : reviewed;
}

async function reviewsOf(
  node: OpenPullNode,
  approval: Approval | undefined,
  rights: ReviewerRights,
  heads: HeadStates,
): Promise<Review[]> {
  const reviews = (node.latestOpinionatedReviews?.nodes ?? []).map(async (review): Promise<Review | undefined> => {
    if (!review.author || review.state === 'COMMENTED' || review.state === 'PENDING') return undefined;
    const { login } = review.author;
    const headOid = reviewedHead(review.commit?.oid, node.headRefOid, heads);
    const isOpinion = review.state !== 'DISMISSED' && headOid === node.headRefOid && approval !== undefined;
    // Write permission is part of the answer; anything finer is asked, and only of those whose review could count.
    const needsLookup = approval?.team !== undefined || approval?.permission !== 'write';
    const hasRight =
      isOpinion && needsLookup ? await rights.hasRight(login, approval) : review.authorCanPushToRepository;
    return {
      author: login,
      isBot: review.author.kind === 'Bot',
      state: REVIEW_STATES[review.state],
      headOid,
      hasRight: hasRight === true,
      isRightUnknown: hasRight === undefined,
    };
  });
  return (await Promise.all(reviews)).filter((review) => review !== undefined);
}

/** A removal counts for the head that it was about, and only where somebody else did it: we do so by writing the branch again. */
function queuePlaceOf(node: OpenPullNode, headAt: string, self: Identity): QueuePlace | undefined {
  if (node.mergeQueueEntry) return { kind: 'queued', position: node.mergeQueueEntry.position };
  const [last] = node.queueEvents.nodes;
  if (last?.kind !== 'RemovedFromMergeQueueEvent' || isActor(self, last.actor)) return undefined;
  if (Date.parse(last.createdAt) < Date.parse(headAt)) return undefined;
  return { kind: 'removed', reason: last.reason ?? 'GitHub gives no reason' };
}

export interface PullRequestDeps {
  self: Identity;
  approval: Approval | undefined;
  rights: ReviewerRights;
  heads: HeadStates;
  areChecksForbidden: boolean;
  /** Its head's parent is the head of the base branch. */
  standsOnBase: boolean;
}

export async function parsePullRequest(
  node: OpenPullNode,
  { self, approval, rights, heads, areChecksForbidden, standsOnBase }: PullRequestDeps,
): Promise<PullRequest> {
  const state = heads.get(node.headRefOid)?.state ?? UNVERIFIED;
  const headAt = node.commits.nodes[0]?.commit.committedDate ?? node.createdAt;
  return {
    id: node.id,
    number: node.number,
    url: node.url,
    title: node.title,
    body: node.body,
    author: node.author?.login ?? 'ghost',
    headOid: node.headRefOid,
    headAt,
    isConflicting: node.mergeable === 'CONFLICTING',
    isMergeableKnown: node.mergeable !== 'UNKNOWN',
    // What stands on the base's head is up to date, whatever GitHub says of it yet.
    isBehind: node.mergeStateStatus === 'BEHIND' && !standsOnBase,
    queue: queuePlaceOf(node, headAt, self),
    openedAt: node.createdAt,
    record: state.kind === 'ours' ? state.record : undefined,
    foreign: state.kind === 'ours' ? undefined : state,
    reviews: await reviewsOf(node, approval, rights, heads),
    checks: checksOf(node, areChecksForbidden),
  };
}

/** The branch moved while it was read. */
const UNVERIFIED: HeadState = { kind: 'extended', reason: 'its head was not verified yet' };

/** A bot that closes what is old does so once; one that closes it again and again means it. */
const CLOSURES_OF_BOTS = 3;

interface Closure extends Declined {
  isByBot: boolean;
}

/**
 * Releases that people declined by closing their pull request unmerged. What the promoter closed declines nothing, nor what another bot
 * closed once or twice, such as one that closes what is old, nor a pull request that the promoter did not write.
 */
export function declinedReleases(
  nodes: readonly ClosedPullNode[],
  target: { pipeline: string; environment: string },
  self: Identity,
): Declined[] {
  const closures = nodes.flatMap((node) => closuresOf(node, target, self));
  const byBots = Map.groupBy(
    closures.filter(({ isByBot }) => isByBot),
    ({ digest }) => digest,
  );
  return closures
    .filter(({ isByBot, digest }) => !isByBot || (byBots.get(digest)?.length ?? 0) >= CLOSURES_OF_BOTS)
    .map(({ digest, number, by }) => ({ digest, number, by }));
}

function closuresOf(
  node: ClosedPullNode,
  target: { pipeline: string; environment: string },
  self: Identity,
): Closure[] {
  const commit = node.commits.nodes[0]?.commit;
  const closer = node.timelineItems.nodes[0]?.actor ?? null;
  if (!commit || !isMadeBy(self, commit) || isActor(self, closer)) return [];
  const [by, isByBot] = [closer?.login ?? 'somebody', closer?.kind === 'Bot'];
  return parseTrailers(commit.message, commit.oid, commit.committedDate).flatMap((record) =>
    record.pipeline === target.pipeline && record.environment === target.environment
      ? [{ digest: record.release.digest, number: node.number, by, isByBot }]
      : [],
  );
}
