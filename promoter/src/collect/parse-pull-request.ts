// A pull request as GitHub answers it -> as decide/ knows it.
import { isWithdrawn } from '../decide/describe-change.ts';
import type { Approval } from '../decide/pipeline.ts';
import { parseTrailers } from '../decide/commit-trailers.ts';
import type { Check, Declined, PromotionRecord, PullRequest, Review } from '../decide/promotion.ts';
import type { CommitNode, PullRequestNode } from './snapshot-query.ts';

export interface Target {
  pipeline: string;
  environment: string;
}

/** The record that a commit carries for this environment. */
export function recordOf(commit: CommitNode | undefined, target: Target): PromotionRecord | undefined {
  if (!commit) return undefined;
  return parseTrailers(commit.message, commit.oid, commit.committedDate).find(
    (record) => record.pipeline === target.pipeline && record.environment === target.environment,
  );
}

const REVIEW_STATES = { APPROVED: 'approved', CHANGES_REQUESTED: 'changes requested', DISMISSED: 'dismissed' } as const;
const PASSED = new Set(['SUCCESS', 'NEUTRAL', 'SKIPPED']);

function checksOf(node: PullRequestNode): Check[] {
  const contexts = node.commits.nodes[0]?.commit.statusCheckRollup?.contexts.nodes ?? [];
  return contexts.map((context): Check => {
    if (context.kind === 'StatusContext') {
      const state = PASSED.has(context.state)
        ? 'passed'
        : ['PENDING', 'EXPECTED'].includes(context.state)
          ? 'pending'
          : 'failed';
      return { name: context.context, state };
    }
    if (context.status !== 'COMPLETED') return { name: context.name, state: 'pending' };
    const isPassed = context.conclusion !== null && PASSED.has(context.conclusion);
    return { name: context.name, state: isPassed ? 'passed' : 'failed' };
  });
}

export interface ReviewerRights {
  /** Whether this person has the right that the approval asks for. */
  hasRight(login: string, approval: Approval): Promise<boolean>;
}

async function reviewsOf(
  node: PullRequestNode,
  approval: Approval | undefined,
  rights: ReviewerRights,
): Promise<Review[]> {
  const reviews = (node.latestOpinionatedReviews?.nodes ?? []).map(async (review): Promise<Review | undefined> => {
    if (!review.author || review.state === 'COMMENTED' || review.state === 'PENDING') return undefined;
    const { login } = review.author;
    const isOpinion = review.state !== 'DISMISSED' && review.commit?.oid === node.headRefOid && approval !== undefined;
    // Write permission is part of the answer; anything finer is asked, and only of those whose review could count.
    const needsLookup = approval?.team !== undefined || approval?.permission !== 'write';
    const hasRight =
      isOpinion && needsLookup ? await rights.hasRight(login, approval) : review.authorCanPushToRepository;
    return {
      author: login,
      isBot: review.author.kind === 'Bot',
      state: REVIEW_STATES[review.state],
      headOid: review.commit?.oid,
      hasRight,
    };
  });
  return (await Promise.all(reviews)).filter((review) => review !== undefined);
}

export async function parsePullRequest(
  node: PullRequestNode,
  target: Target,
  approval: Approval | undefined,
  rights: ReviewerRights,
): Promise<PullRequest> {
  return {
    number: node.number,
    url: node.url,
    title: node.title,
    body: node.body,
    author: node.author?.login ?? 'ghost',
    headOid: node.headRefOid,
    isConflicting: node.mergeable === 'CONFLICTING',
    openedAt: node.createdAt,
    record: recordOf(node.commits.nodes[0]?.commit, target),
    reviews: await reviewsOf(node, approval, rights),
    checks: checksOf(node),
  };
}

/** Releases that people declined by closing their pull request unmerged; what the promoter withdrew itself declines nothing. */
export function declinedReleases(nodes: readonly PullRequestNode[], target: Target): Declined[] {
  return nodes.flatMap((node) => {
    const record = recordOf(node.commits.nodes[0]?.commit, target);
    if (node.state !== 'CLOSED' || !record || isWithdrawn(node.body)) return [];
    const by = node.timelineItems.nodes[0]?.actor?.login ?? 'somebody';
    return [{ digest: record.release.digest, number: node.number, by }];
  });
}
