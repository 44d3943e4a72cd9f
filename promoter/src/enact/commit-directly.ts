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
import { isRefusal, refusalOf } from './refusal.ts';
import { writeTreeCommit } from './write-tree-commit.ts';

type Changes = readonly [DirectChange, ...DirectChange[]];

/** The base branch, as far as this reconcile has written it. */
interface Written {
  head: string;
  /** Texts by path. */
  files: Map<string, string>;
}

/**
 * All direct promotions of one reconcile are one commit to the base branch. Where GitHub refuses it, each is tried alone: a rule may be
 * about the path of one of them.
 */
export async function commitDirectly(
  changes: Changes,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted[]> {
  const written: Written = { head: snapshot.head, files: new Map() };
  const together = await commit(changes, snapshot, written, target);
  if (together.kind !== 'refused' || changes.length === 1) return [together];
  const enacted: Enacted[] = [];
  for (const change of changes) {
    const done = await commit([change], snapshot, written, target);
    enacted.push(done);
    if (done.kind === 'stale') break;
  }
  return enacted;
}

async function commit(
  changes: Changes,
  snapshot: ConfigSnapshot,
  written: Written,
  target: ConfigTarget,
): Promise<Enacted> {
  const message = directMessage(changes, snapshot);
  try {
    const files = editedFiles(changes, snapshot, written.files);
    const created = files.some(({ isExecutable }) => isExecutable)
      ? await commitWithModes(target, snapshot, written, message, files)
      : await createCommit(target, target.branch, written.head, message, files);
    if (created === 'stale') return { kind: 'stale' };
    written.head = created.oid;
    for (const { path, text } of files) written.files.set(path, text);
    return { kind: 'committed', ...created, subject: message.headline, changes: changes.map(whereOf) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refusalOf(changes[0], error);
  }
}

const whereOf = ({ pipeline, environment }: DirectChange) => ({ pipeline, environment });

/** Three requests in place of one, on top of what was read alone: whose tree it is made from is known only of that. */
async function commitWithModes(
  target: ConfigTarget,
  snapshot: ConfigSnapshot,
  { head: from }: Written,
  message: CommitMessage,
  files: readonly EditedFile[],
): Promise<CreatedCommit | 'stale'> {
  if (from !== snapshot.head) return 'stale';
  const created = await writeTreeCommit(target, snapshot, message, files, 'direct');
  const { repositoryId } = snapshot;
  const move = { repositoryId, branch: target.branch, from, to: created.oid, force: false };
  return (await moveBranch(target, move)) === 'stale' ? 'stale' : created;
}
