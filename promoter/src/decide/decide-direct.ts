// A promotion that is committed to the base branch.
import { about, causeOf, hold, type Proposal, waitOf } from './proposal.ts';
import type { EnvironmentDecision } from './promotion.ts';

export function decideDirect(proposal: Proposal): EnvironmentDecision {
  const { target, release, from, gates } = proposal;
  const wait = waitOf(gates);
  if (wait) return hold(proposal, { ...wait, release, gates });
  return { kind: 'promote', ...about(proposal, causeOf(proposal)), release, from, manifest: target.declared.manifest };
}
