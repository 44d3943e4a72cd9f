// A branch moves from one commit to another, if nobody moved it before. https://docs.github.com/graphql/reference/mutations#updaterefs
import { fullName } from '../decide/repository.ts';
import { graphqlTypes, toPromoterError } from '../github/errors.ts';
import type { ConfigTarget } from './config-target.ts';

const MOVE_BRANCH = `mutation MoveBranch($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;

export interface BranchMove {
  repositoryId: string;
  branch: string;
  from: string;
  to: string;
  /** True: to a commit that does not stand on `from`. */
  force: boolean;
}

/** @returns `stale` when the branch is not at `from`: read again. */
export async function moveBranch(
  target: ConfigTarget,
  { repositoryId, branch, from: beforeOid, to: afterOid, force }: BranchMove,
): Promise<'moved' | 'stale'> {
  const { graphql } = await target.github();
  const move = { name: `refs/heads/${branch}`, beforeOid, afterOid, force };
  try {
    await graphql(MOVE_BRANCH, { input: { repositoryId, refUpdates: [move] } });
    return 'moved';
  } catch (error) {
    if (graphqlTypes(error).includes('STALE_DATA')) return 'stale';
    throw toPromoterError(`move branch ${branch} of ${fullName(target.repository)}`, error);
  }
}
