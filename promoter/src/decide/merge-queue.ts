// A pull request that is, or was, in GitHub's merge queue: the queue merges, and the promoter says whether it still may.
import { hold, type Where } from './proposal.ts';
import type { EnvironmentDecision, PullRequest, QueuePlace } from './promotion.ts';

/** @param decision as it would be without the queue. */
export function decideInQueue(
  where: Where,
  { number, queue }: PullRequest,
  decision: EnvironmentDecision,
): EnvironmentDecision {
  if (!queue) return decision;
  if (decision.kind === 'merge') return hold(where, { reason: placeOf(number, queue), release: decision.release });
  // Rule 6: a gate that closes again, a freeze above all, keeps it from being merged.
  if (queue.kind === 'queued' && (decision.kind === 'hold' || decision.kind === 'describe')) {
    const { pipeline, environment, reason, release, gates } = decision;
    return { kind: 'dequeue', pipeline, environment, reason, release, gates, number };
  }
  return decision;
}

function placeOf(number: number, queue: QueuePlace): string {
  return queue.kind === 'queued'
    ? `#${number} is in GitHub's merge queue at position ${queue.position}`
    : `#${number} was taken out of GitHub's merge queue (${queue.reason}); put it back by hand, or publish a newer release`;
}
