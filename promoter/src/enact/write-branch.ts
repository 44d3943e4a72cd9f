// The pull request's branch: at the base's head and one commit more.
import { branchName } from '../decide/describe-change.ts';
import type { Propose, Update } from '../decide/promotion.ts';
import { referenceOf } from '../decide/release.ts';
import { fullName } from '../decide/repository.ts';
import { graphqlTypes, statusOf, toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';
import { createCommit } from './create-commit.ts';
import { type CommitMessage, editedFiles, environmentOf, type FileText, proposalMessage } from './promotion-commit.ts';

const MOVE_BRANCH = `mutation MoveBranch($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;

/** @returns `stale` when another process was faster: read again. */
export async function writeBranch(
  change: Propose | Update,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<'written' | 'stale'> {
  const name = branchName(change.pipeline, change.environment);
  const message = proposalMessage(change, snapshot);
  const files = editedFiles([change], snapshot);
  const existing = environmentOf(snapshot, change).branch;
  if (!existing) return createBranch(name, message, files, snapshot, target);
  // A commit of an earlier attempt that did not get as far as its pull request.
  const { record } = existing;
  if (change.kind === 'propose' && record && referenceOf(record.release) === referenceOf(change.release))
    return 'written';
  return moveBranch({ name, oid: existing.oid }, message, files, snapshot, target);
}

async function createBranch(
  name: string,
  message: CommitMessage,
  files: readonly FileText[],
  { head }: ConfigSnapshot,
  target: ConfigTarget,
): Promise<'written' | 'stale'> {
  const { rest } = await target.github();
  try {
    await rest.git.createRef({ ...inRepository(target), ref: `refs/heads/${name}`, sha: head });
  } catch (error) {
    // It exists, or a rule forbids it: GitHub answers both with 422.
    if (statusOf(error) === 422 && (await exists(name, target))) return 'stale'; // another process made it
    throw toPromoterError(`create branch ${name} of ${fullName(target.repository)}`, error);
  }
  return (await createCommit(target, name, head, message, files)) === 'stale' ? 'stale' : 'written';
}

async function exists(name: string, target: ConfigTarget): Promise<boolean> {
  const { rest } = await target.github();
  try {
    await rest.git.getRef({ ...inRepository(target), ref: `heads/${name}` });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw toPromoterError(`look for branch ${name} of ${fullName(target.repository)}`, error);
  }
}

/** It moves once, from commit to commit: were it at the base's head in between, GitHub would close the pull request. */
async function moveBranch(
  { name, oid }: { name: string; oid: string },
  { headline, body }: CommitMessage,
  files: readonly FileText[],
  { head, tree: base_tree, repositoryId }: ConfigSnapshot,
  target: ConfigTarget,
): Promise<'written' | 'stale'> {
  const { rest, graphql } = await target.github();
  const where = inRepository(target);
  try {
    const tree = files.map(({ path, text }) => ({
      path,
      mode: '100644' as const,
      type: 'blob' as const,
      content: text,
    }));
    const { data: written } = await rest.git.createTree({ ...where, base_tree, tree });
    const message = `${headline}\n\n${body}`;
    const { data: commit } = await rest.git.createCommit({ ...where, message, tree: written.sha, parents: [head] });
    const move = { name: `refs/heads/${name}`, beforeOid: oid, afterOid: commit.sha, force: true };
    await graphql(MOVE_BRANCH, { input: { repositoryId, refUpdates: [move] } });
    return 'written';
  } catch (error) {
    if (graphqlTypes(error).includes('STALE_DATA')) return 'stale';
    throw toPromoterError(`move branch ${name} of ${fullName(target.repository)}`, error);
  }
}
