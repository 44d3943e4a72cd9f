// GitHub merges only the head that was decided about; what it refuses to merge, it says why.
import type { Merge, PullRequest } from '../decide/promotion.ts';
import { fullName } from '../decide/repository.ts';
import { TerminalError } from '../errors.ts';
import { graphqlTypes, isBaseModified, statusOf, toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';
import { environmentOf, mergeMessage } from './promotion-commit.ts';
import { refusalOf } from './refusal.ts';

const ENQUEUE = `mutation Enqueue($input: EnqueuePullRequestInput!) {
  enqueuePullRequest(input: $input) { clientMutationId }
}`;
/** GitHub works out whether a head can be merged when somebody asks, and refuses meanwhile. */
const WORKED_OUT_MS = 10_000;

export function mergePullRequest(change: Merge, snapshot: ConfigSnapshot, target: ConfigTarget): Promise<Enacted> {
  return change.by === 'merge queue' ? enqueue(change, snapshot, target) : merge(change, change.by, snapshot, target);
}

async function merge(
  change: Merge,
  merge_method: Exclude<Merge['by'], 'merge queue'>,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  const { pipeline, environment, number, headOid, reason } = change;
  const { headline, body } = mergeMessage(change, snapshot);
  const { rest } = await target.github();
  try {
    const { data } = await rest.pulls.merge({
      ...inRepository(target),
      pull_number: number,
      sha: headOid,
      merge_method,
      commit_title: `${headline} (#${number})`,
      commit_message: body,
    });
    return { kind: 'merged', pipeline, environment, number, oid: data.sha, subject: `${headline}, ${reason}` };
  } catch (error) {
    if (statusOf(error) === 409 || isBaseModified(error)) return { kind: 'stale' };
    const failure = toPromoterError(`merge #${number} of ${fullName(target.repository)}`, error);
    const isWorkedOut = pullRequestOf(change, snapshot)?.isMergeableKnown !== false;
    if (statusOf(error) !== 405 || isWorkedOut || !(failure instanceof TerminalError)) throw failure;
    return refusalOf(change, failure, WORKED_OUT_MS);
  }
}

/** The queue merges it, with the message of its own commit, once the checks of the group have passed. */
async function enqueue(change: Merge, snapshot: ConfigSnapshot, target: ConfigTarget): Promise<Enacted> {
  const { pipeline, environment, number, headOid, reason } = change;
  const pullRequestId = pullRequestOf(change, snapshot)?.id;
  const { graphql } = await target.github();
  try {
    await graphql(ENQUEUE, { input: { pullRequestId, expectedHeadOid: headOid } });
    return { kind: 'queued', pipeline, environment, number, subject: reason };
  } catch (error) {
    if (graphqlTypes(error).includes('STALE_DATA')) return { kind: 'stale' };
    throw toPromoterError(`put #${number} of ${fullName(target.repository)} into the merge queue`, error);
  }
}

const pullRequestOf = (change: Merge, snapshot: ConfigSnapshot): PullRequest | undefined =>
  environmentOf(snapshot, change).pullRequest;
