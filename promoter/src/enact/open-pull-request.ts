import { branchName } from '../decide/describe-change.ts';
import type { Propose } from '../decide/promotion.ts';
import { fullName } from '../decide/repository.ts';
import { statusOf, toPromoterError } from '../github/errors.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';
import { writeBranch } from './write-branch.ts';

export async function openPullRequest(
  change: Propose,
  snapshot: ConfigSnapshot,
  target: ConfigTarget,
): Promise<Enacted> {
  if ((await writeBranch(change, snapshot, target)) === 'stale') return { kind: 'stale' };
  const { pipeline, environment, title, body } = change;
  const head = branchName(pipeline, environment);
  const { rest } = await target.github();
  try {
    const { data } = await rest.pulls.create({ ...inRepository(target), title, body, head, base: target.branch });
    return { kind: 'opened', pipeline, environment, number: data.number, subject: title };
  } catch (error) {
    if (statusOf(error) === 422) return { kind: 'stale' }; // it exists already: read again and find it
    throw toPromoterError(`open pull request ${head} of ${fullName(target.repository)}`, error);
  }
}
