// Decisions -> GitHub. All direct promotions of one reconcile are one commit; everything else is one pull request each.
// A stale head is not an error: the flow reads again and decides again. What is refused stops only what it is about.
import type { Decision } from '../decide/promotion.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import { closePullRequest } from './close-pull-request.ts';
import { commitDirectly } from './commit-directly.ts';
import type { ConfigTarget } from './config-target.ts';
import { dequeuePullRequest } from './dequeue-pull-request.ts';
import { describePullRequest } from './describe-pull-request.ts';
import { mergePullRequest } from './merge-pull-request.ts';
import { openPullRequest } from './open-pull-request.ts';
import type { DirectChange } from './promotion-commit.ts';
import { type Acting, isRefusal, noteRefusal, refusalOf } from './refusal.ts';
import { updatePullRequest } from './update-pull-request.ts';

export interface Enactor {
  /** @throws TransientError where a limit or an outage stops everything. */
  enact(decisions: readonly Decision[], snapshot: ConfigSnapshot): Promise<Enacted[]>;
}

export function createEnactor(target: ConfigTarget): Enactor {
  return {
    async enact(decisions, snapshot) {
      const enacted: Enacted[] = [];
      const [first, ...others] = decisions.filter(isDirect);
      if (first) enacted.push(...(await commitDirectly([first, ...others], snapshot, target)));
      // What was decided of another base counts no more: a freeze may be in what it has now.
      if (enacted.some(({ kind }) => kind === 'stale')) return enacted;
      for (const decision of decisions.filter(isAboutPullRequest)) {
        const done = await enactOne(decision, snapshot, target);
        if (done.kind === 'refused' && done.retryInMs === undefined)
          await noteRefusal(decision, done, snapshot, target);
        enacted.push(done);
      }
      return enacted;
    },
  };
}

const isDirect = (decision: Decision): decision is DirectChange =>
  decision.kind === 'promote' || decision.kind === 'roll back';

type PullRequestChange = Exclude<Acting, DirectChange>;

const isAboutPullRequest = (decision: Decision): decision is PullRequestChange =>
  !isDirect(decision) && decision.kind !== 'hold' && decision.kind !== 'up to date' && decision.kind !== 'ignore';

async function enactOne(decision: PullRequestChange, snapshot: ConfigSnapshot, target: ConfigTarget): Promise<Enacted> {
  try {
    return await change(decision, snapshot, target);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refusalOf(decision, error);
  }
}

function change(decision: PullRequestChange, snapshot: ConfigSnapshot, target: ConfigTarget): Promise<Enacted> {
  switch (decision.kind) {
    case 'propose':
      return openPullRequest(decision, snapshot, target);
    case 'update':
      return updatePullRequest(decision, snapshot, target);
    case 'describe':
      return describePullRequest(decision, target);
    case 'close':
      return closePullRequest(decision, target);
    case 'merge':
      return mergePullRequest(decision, snapshot, target);
    case 'dequeue':
      return dequeuePullRequest(decision, snapshot, target);
  }
}
