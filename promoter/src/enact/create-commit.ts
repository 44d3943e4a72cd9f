// A commit on a branch whose head is known. https://docs.github.com/graphql/reference/mutations#createcommitonbranch
import { fullName } from '../decide/repository.ts';
import { graphqlTypes, toPromoterError } from '../github/errors.ts';
import type { ConfigTarget } from './config-target.ts';
import type { CommitMessage, EditedFile } from './promotion-commit.ts';

/** GitHub's budget is spent by the name: a reserve of it is for direct commits. */
const mutation = (name: 'CommitDirectly' | 'CommitToBranch'): string =>
  `mutation ${name}($input: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $input) { commit { oid url committedDate } }
  }`;

interface Answer {
  createCommitOnBranch: { commit: { oid: string; url: string; committedDate: string } };
}

export interface CreatedCommit {
  oid: string;
  url: string;
  /** GitHub's own time. */
  at: string;
}

/**
 * Of regular files: GitHub takes no modes here.
 * @returns `stale` when the branch's head is another than `expectedHeadOid`: read again.
 */
export async function createCommit(
  target: ConfigTarget,
  branchName: string,
  expectedHeadOid: string,
  message: CommitMessage,
  files: readonly EditedFile[],
): Promise<CreatedCommit | 'stale'> {
  const label = fullName(target.repository);
  const additions = files.map(({ path, text }) => ({ path, contents: Buffer.from(text).toString('base64') }));
  const input = {
    branch: { repositoryNameWithOwner: label, branchName },
    expectedHeadOid,
    message,
    fileChanges: { additions },
  };
  try {
    const { graphql } = await target.github();
    const { createCommitOnBranch } = await graphql<Answer>(
      mutation(branchName === target.branch ? 'CommitDirectly' : 'CommitToBranch'),
      { input },
    );
    const { oid, url, committedDate: at } = createCommitOnBranch.commit;
    return { oid, url, at };
  } catch (error) {
    if (graphqlTypes(error).includes('STALE_DATA')) return 'stale';
    throw toPromoterError(`commit to ${branchName} of ${label}`, error);
  }
}
