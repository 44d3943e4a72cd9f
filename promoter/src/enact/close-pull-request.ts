import type { Close } from '../decide/promotion.ts';
import type { Enacted } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { editPullRequest } from './edit-pull-request.ts';

export async function closePullRequest(
  { pipeline, environment, number, body, reason }: Close,
  target: ConfigTarget,
): Promise<Enacted> {
  await editPullRequest(number, { body, state: 'closed' }, target);
  return { kind: 'closed', pipeline, environment, number, subject: reason };
}
