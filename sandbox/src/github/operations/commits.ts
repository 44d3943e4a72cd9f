// createCommitOnBranch: one atomic commit, made only if the branch is still at the head that the caller expects.
import { ApiError, notFound } from '../errors.ts';
import type { FileChange } from '../../git/fast-import.ts';
import { StaleRefError } from '../../git/git-repository.ts';
import { type Hub, personOf } from '../hub.ts';
import type { Account, Repository } from '../world.ts';
import { enforceRefRules } from './branch-rules.ts';
import { signCommit, webFlow } from './signed-commit.ts';

export interface CommitOnBranch {
  branch: string;
  expectedHeadOid: string;
  message: string;
  additions: readonly { path: string; content: Buffer }[];
  deletions: readonly string[];
}

export async function createCommitOnBranch(
  hub: Hub,
  repository: Repository,
  actor: Account,
  request: CommitOnBranch,
): Promise<string> {
  const git = hub.gitOf(repository);
  const ref = `refs/heads/${request.branch.replace(/^refs\/heads\//, '')}`;
  const stale = (): ApiError =>
    new ApiError(422, `Expected branch to point to "${request.expectedHeadOid}" but it did not.  Pull and try again.`, {
      graphqlType: 'STALE_DATA',
    });
  const head = await git.ref(ref);
  if (!head) throw notFound(`Could not resolve to a branch with the name ${request.branch}.`);
  if (head !== request.expectedHeadOid) throw stale();
  for (const path of request.deletions) {
    if (!(await git.read(`${head}:${path}`)))
      throw new ApiError(422, `A path was requested for deletion which does not exist: ${path}`);
  }
  const changes: FileChange[] = [
    ...request.additions.map(({ path, content }) => ({ path, content })),
    ...request.deletions.map((path) => ({ path, content: null })),
  ];
  const author = personOf(hub, actor);
  const committer = webFlow(hub);
  const oid = await git.createCommit({ parent: head, changes, message: request.message, author, committer });
  signCommit(hub, oid);
  await enforceRefRules(hub, repository, actor.login, { ref, before: head, after: oid, forced: false });
  try {
    await git.updateRefs([{ ref, before: head, after: oid }]);
  } catch (error) {
    if (error instanceof StaleRefError) throw stale();
    throw error;
  }
  await hub.onRefChange({ repository, ref, before: head, after: oid, actor, forced: false });
  return oid;
}
