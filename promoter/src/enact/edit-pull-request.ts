import { fullName } from '../decide/repository.ts';
import { toPromoterError } from '../github/errors.ts';
import { type ConfigTarget, inRepository } from './config-target.ts';

export interface PullRequestEdit {
  title?: string;
  body: string;
  state?: 'closed';
}

export async function editPullRequest(number: number, edit: PullRequestEdit, target: ConfigTarget): Promise<void> {
  const { rest } = await target.github();
  try {
    await rest.pulls.update({ ...inRepository(target), pull_number: number, ...edit });
  } catch (error) {
    throw toPromoterError(`edit #${number} of ${fullName(target.repository)}`, error);
  }
}
