// The pull request's branch: at the base's head and one commit more.
import { branchName } from '../decide/describe-change.ts';
import type { Propose, Update } from '../decide/promotion.ts';
import { referenceOf } from '../decide/release.ts';
import { fullName } from '../decide/repository.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';
import { createCommit } from './create-commit.ts';
import { moveBranch } from './move-branch.ts';
import {
  type CommitMessage,
  type EditedFile,
  editedFiles,
  environmentOf,
  proposalMessage,
} from './promotion-commit.ts';
import { writeTreeCommit } from './write-tree-commit.ts';

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
  // It moves once, from commit to commit: were it at the base's head in between, GitHub would close the pull request.
  const { oid: to } = await writeTreeCommit(target, snapshot, message, files, 'usual');
  const { repositoryId } = snapshot;
  const move = { repositoryId, branch: name, from: existing.oid, to, force: true };
  return (await moveBranch(target, move)) === 'stale' ? 'stale' : 'written';
}

async function createBranch(
  name: string,
  message: CommitMessage,
  files: readonly EditedFile[],
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<'written' | 'stale'> {
  const keepsModes = files.some(({ isExecutable }) => isExecutable);
  const { head } = snapshot;
  const sha = keepsModes ? (await writeTreeCommit(target, snapshot, message, files, 'usual')).oid : head;
  const { rest } = await target.github();
  try {
    await rest.git.createRef({ ...inRepository(target), ref: `refs/heads/${name}`, sha });
  } catch (error) {
    // It exists, or a rule forbids it: GitHub answers both with 422.
    if (statusOf(error) === 422 && (await exists(name, target))) return 'stale'; // another process made it
    throw toPromoterError(`create branch ${name} of ${fullName(target.repository)}`, error);
  }
  if (keepsModes) return 'written';
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
