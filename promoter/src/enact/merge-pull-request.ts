import type { Merge } from '../decide/promotion.ts';
import { fullName } from '../decide/repository.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';
import { mergeMessage, pipelineOf } from './promotion-commit.ts';

/** GitHub merges only the head that was decided about; what it refuses to merge, it says why. */
export async function mergePullRequest(
  change: Merge,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  const { pipeline, environment, number, headOid, reason } = change;
  const { headline, body } = mergeMessage(change, snapshot);
  const { rest } = await target.github();
  try {
    const { data } = await rest.pulls.merge({
      ...inRepository(target),
      pull_number: number,
      sha: headOid,
      merge_method: pipelineOf(snapshot, pipeline).declared.mergeMethod,
      commit_title: `${headline} (#${number})`,
      commit_message: body,
    });
    return { kind: 'merged', pipeline, environment, number, oid: data.sha, subject: `${headline}, ${reason}` };
  } catch (error) {
    const status = statusOf(error);
    if (status === 409) return { kind: 'stale' };
    if (status === 405)
      return { kind: 'refused', number, reason: error instanceof Error ? error.message : String(error) };
    throw toPromoterError(`merge #${number} of ${fullName(target.repository)}`, error);
  }
}
