import type { Describe } from '../decide/promotion.ts';
import type { Enacted } from '../trace/facts.ts';
import type { ConfigTarget } from './config-target.ts';
import { editPullRequest } from './edit-pull-request.ts';

/** Its text says how the gates stand now. */
export async function describePullRequest(
  { pipeline, environment, number, title, body, reason }: Describe,
  target: ConfigTarget,
): Promise<Enacted> {
  await editPullRequest(number, { title, body }, target);
  return { kind: 'described', pipeline, environment, number, subject: reason };
}
