// A commit made of a tree, on no branch yet: it keeps the modes of files, which createCommitOnBranch does not.
import { fullName } from '../decide/repository.ts';
import type { Urgency } from '../github/budget.ts';
import { toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';
import type { CreatedCommit } from './create-commit.ts';
import type { CommitMessage, EditedFile } from './promotion-commit.ts';

/** Its parent is the base's head. @param urgency `direct` for a commit to the base branch, which has a part of the budget for itself. */
export async function writeTreeCommit(
  target: ConfigTarget,
  { head, tree: base_tree }: Pick<ConfigSnapshot, 'head' | 'tree'>,
  { headline, body }: CommitMessage,
  files: readonly EditedFile[],
  urgency: Urgency,
): Promise<CreatedCommit> {
  const { rest } = await target.github();
  const where = inRepository(target);
  const tree = files.map(({ path, text, isExecutable }) => ({
    path,
    mode: isExecutable ? ('100755' as const) : ('100644' as const),
    type: 'blob' as const,
    content: text,
  }));
  try {
    const request = { urgency };
    const { data: written } = await rest.git.createTree({ ...where, base_tree, tree, request });
    const message = `${headline}\n\n${body}`;
    const { data } = await rest.git.createCommit({ ...where, message, tree: written.sha, parents: [head], request });
    return { oid: data.sha, url: data.html_url, at: data.committer.date };
  } catch (error) {
    throw toPromoterError(`write a commit of ${fullName(target.repository)}`, error);
  }
}
