import type { Update } from '../decide/promotion.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { editPullRequest } from './edit-pull-request.ts';
import { writeBranch } from './write-branch.ts';

/** Another release in the same pull request, or the same one on a newer base. */
export async function updatePullRequest(
  change: Update,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  if ((await writeBranch(change, snapshot, target)) === 'stale') return { kind: 'stale' };
  const { pipeline, environment, number, title, body } = change;
  await editPullRequest(number, { title, body }, target);
  return { kind: 'updated', pipeline, environment, number, subject: title };
}
