// What GitHub does not allow stops one environment, and is said where people look: on the board, and in the pull request.
import { oneLine } from '../decide/commit-trailers.ts';
import { refusedBody } from '../decide/describe-change.ts';
import { ManifestError } from '../decide/manifest-text.ts';
import type { Decision } from '../decide/promotion.ts';
import { BudgetError, TerminalError } from '../errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Refusal } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { editPullRequest } from './edit-pull-request.ts';
import { environmentOf } from './promotion-commit.ts';

/** What is done to GitHub. */
export type Acting = Exclude<Decision, { kind: 'hold' | 'up to date' | 'ignore' }>;

const REMEDIES: Record<Acting['kind'], string> = {
  promote: 'let the App bypass what forbids it, or write promote: pull-request for this environment',
  'roll back': 'let the App bypass what forbids it, or roll back by hand',
  propose: 'let the App bypass what forbids it on branches promote/**, and see that it may write pull requests',
  update: 'let the App bypass what forbids it on branches promote/**',
  describe: 'see that the App may write pull requests',
  merge: 'it is tried again when something about the pull request changes',
  dequeue: 'take it out of the merge queue by hand',
  close: 'see that the App may write pull requests, or close it by hand',
};

/** @param retryInMs when trying again may help by itself. */
export function refusalOf(decision: Acting, error: TerminalError | BudgetError, retryInMs?: number): Refusal {
  const { message, cause } = error;
  const { kind, pipeline, environment } = decision;
  const number = 'number' in decision ? decision.number : undefined;
  const what = `could not ${oneLine(message).replace(/[.;]+$/, '')}`;
  if (error instanceof BudgetError)
    return { kind: 'refused', pipeline, environment, number, reason: what, retryInMs: error.retryAfterMs };
  const reason = cause instanceof ManifestError ? what : `${what}; ${error.whatToDo ?? REMEDIES[kind]}`;
  return { kind: 'refused', pipeline, environment, number, reason, retryInMs };
}

/** Whether it stops only what it is about. */
export const isRefusal = (error: unknown): error is TerminalError | BudgetError =>
  error instanceof TerminalError || error instanceof BudgetError;

/** Says it in the pull request, once. Where not even that is allowed, the board has it. */
export async function noteRefusal(
  decision: Acting,
  { pipeline, environment, number, reason }: Refusal,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<void> {
  const { pullRequest } = environmentOf(snapshot, { pipeline, environment });
  if (!pullRequest || pullRequest.number !== number) return;
  const body = refusedBody(decision.kind === 'merge' ? decision.body : pullRequest.body, reason);
  if (body.trim() === pullRequest.body.trim()) return;
  await editPullRequest(number, { body }, target).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
  });
}
