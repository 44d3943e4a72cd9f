import type { Dequeue } from '../decide/promotion.ts';
import { fullName } from '../decide/repository.ts';
import { toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { environmentOf } from './promotion-commit.ts';

const DEQUEUE = `mutation Dequeue($input: DequeuePullRequestInput!) {
  dequeuePullRequest(input: $input) { clientMutationId }
}`;

export async function dequeuePullRequest(
  change: Dequeue,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  const { pipeline, environment, number, reason } = change;
  const id = environmentOf(snapshot, change).pullRequest?.id;
  const { graphql } = await target.github();
  try {
    await graphql(DEQUEUE, { input: { id } });
    return { kind: 'dequeued', pipeline, environment, number, subject: reason };
  } catch (error) {
    throw toPromoterError(`take #${number} of ${fullName(target.repository)} out of the merge queue`, error);
  }
}
