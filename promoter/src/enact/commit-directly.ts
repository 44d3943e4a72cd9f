import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { createCommit } from './create-commit.ts';
import { type DirectChange, directMessage, editedFiles } from './promotion-commit.ts';

/** All direct promotions of one reconcile are one commit to the base branch. */
export async function commitDirectly(
  changes: readonly [DirectChange, ...DirectChange[]],
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  const message = directMessage(changes, snapshot);
  const commit = await createCommit(target, target.branch, snapshot.head, message, editedFiles(changes, snapshot));
  return commit === 'stale' ? { kind: 'stale' } : { kind: 'committed', ...commit, subject: message.headline };
}
