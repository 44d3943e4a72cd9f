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
    // It exists, or something forbids it: GitHub answers both with 422.
    if (statusOf(error) === 422 && (await exists(head, target))) return { kind: 'stale' }; // read again and find it
    throw toPromoterError(`open pull request ${head} of ${fullName(target.repository)}`, error);
  }
}

async function exists(head: string, target: ConfigTarget): Promise<boolean> {
  const { rest } = await target.github();
  const { owner } = target.repository;
  try {
    const { data } = await rest.pulls.list({
      ...inRepository(target),
      head: `${owner}:${head}`,
      base: target.branch,
      state: 'open',
    });
    return data.length > 0;
  } catch (error) {
    throw toPromoterError(`look for pull request ${head} of ${fullName(target.repository)}`, error);
  }
}
