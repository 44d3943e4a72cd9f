import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { createCommit, type CreatedCommit } from './create-commit.ts';
import { moveBranch } from './move-branch.ts';
import {
  type CommitMessage,
  type DirectChange,
  directMessage,
  type EditedFile,
  editedFiles,
} from './promotion-commit.ts';
import { writeTreeCommit } from './write-tree-commit.ts';

/** All direct promotions of one reconcile are one commit to the base branch. */
export async function commitDirectly(
  changes: readonly [DirectChange, ...DirectChange[]],
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  const message = directMessage(changes, snapshot);
  const files = editedFiles(changes, snapshot);
  const commit = files.some(({ isExecutable }) => isExecutable)
    ? await commitWithModes(target, snapshot, message, files)
    : await createCommit(target, target.branch, snapshot.head, message, files);
  return commit === 'stale' ? { kind: 'stale' } : { kind: 'committed', ...commit, subject: message.headline };
}

/** Three requests in place of one. */
async function commitWithModes(
  target: ConfigTarget,
  snapshot: ConfigSnapshot,
  message: CommitMessage,
  files: readonly EditedFile[],
): Promise<CreatedCommit | 'stale'> {
  const commit = await writeTreeCommit(target, snapshot, message, files);
  const { head: from, repositoryId } = snapshot;
  const move = { repositoryId, branch: target.branch, from, to: commit.oid, force: false };
  return (await moveBranch(target, move)) === 'stale' ? 'stale' : commit;
}
