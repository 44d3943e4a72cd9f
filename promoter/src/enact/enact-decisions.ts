// Decisions -> GitHub. All direct promotions of one reconcile are one commit; everything else is one pull request each.
// A stale head is not an error: the flow reads again and decides again.
import type { Decision } from '../decide/promotion.ts';
import { TerminalError } from '../errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import { closePullRequest } from './close-pull-request.ts';
import { commitDirectly } from './commit-directly.ts';
import type { ConfigTarget } from './config-target.ts';
import { describePullRequest } from './describe-pull-request.ts';
import { mergePullRequest } from './merge-pull-request.ts';
import { openPullRequest } from './open-pull-request.ts';
import type { DirectChange } from './promotion-commit.ts';
import { updatePullRequest } from './update-pull-request.ts';

export interface Enactor {
  enact(decisions: readonly Decision[], snapshot: ConfigSnapshot): Promise<Enacted[]>;
}

export function createEnactor(target: ConfigTarget): Enactor {
  return {
    async enact(decisions, snapshot) {
      const enacted: Enacted[] = [];
      const [first, ...others] = decisions.filter(isDirect);
      if (first) enacted.push(await commitDirectly([first, ...others], snapshot, target));
      // What was decided of another base counts no more: a freeze may be in what it has now.
      if (enacted.some(({ kind }) => kind === 'stale')) return enacted;
      let failure: TerminalError | undefined;
      for (const decision of decisions) {
        try {
          const done = await enactOne(decision, snapshot, target);
          if (done) enacted.push(done);
        } catch (error) {
          // What one pull request runs into stops only that one; a limit or an outage stops them all.
          if (!(error instanceof TerminalError)) throw error;
          failure ??= error;
        }
      }
      if (failure) throw failure;
      return enacted;
    },
  };
}

const isDirect = (decision: Decision): decision is DirectChange =>
  decision.kind === 'promote' || decision.kind === 'roll back';

/** @returns undefined where there is nothing to do, or it was committed with the others. */
async function enactOne(
  decision: Decision,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted | undefined> {
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
    case 'promote':
    case 'roll back':
    case 'hold':
    case 'up to date':
    case 'ignore':
      return undefined;
  }
}
