// One environment: which release belongs there, and what stands between.
import { candidateFor } from './candidate.ts';
import { currentRelease } from './current-release.ts';
import { decideDirect } from './decide-direct.ts';
import { decidePullRequest } from './decide-pull-request.ts';
import { withdrawnBody } from './describe-change.ts';
import { evaluateGates, freezeGate } from './gates.ts';
import { decideInQueue } from './merge-queue.ts';
import { about, hold, type Where } from './proposal.ts';
import type { EnvironmentDecision, EnvironmentSnapshot, PipelineSnapshot, Snapshot } from './promotion.ts';
import type { Release } from './release.ts';
import { whyRefused } from './refusal.ts';
import { rollBack } from './roll-back.ts';

type Around = Pick<Snapshot, 'freezes' | 'merging'>;

export function decideEnvironment(
  around: Around,
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  now: Date,
): EnvironmentDecision {
  const where = { snapshot, target };
  const decision = decideByRelease(around, where, now);
  return target.pullRequest ? decideInQueue(where, target.pullRequest, decision) : decision;
}

function decideByRelease({ freezes, merging }: Around, where: Where, now: Date): EnvironmentDecision {
  const { snapshot, target } = where;
  const { declared } = target;
  const current = currentRelease(snapshot, target);
  const rescue = rollBack(snapshot, target, current);
  if (rescue) return rescue;

  const upstream = snapshot.environments.filter((other) => declared.after.includes(other.declared.name));
  const candidate = candidateFor(snapshot, target, upstream);
  const { release } = candidate;
  if (!release) return withoutCandidate(where, current, candidate.reason);
  if (release.digest === current?.digest) return alreadyThere(where, current);
  const refusal = whyRefused(snapshot, target, release, current);
  if (refusal) return hold(where, { reason: refusal, release });
  const freeze = freezeGate(freezes, snapshot.declared.name, declared.name, now);
  if (freeze) return hold(where, { reason: freeze.text, release, until: freeze.until, gates: [freeze] });

  const gates = evaluateGates(snapshot, target, upstream, release, current, now);
  const proposal = { ...where, release, from: current, gates, merging };
  return declared.promote === 'commit' ? decideDirect(proposal) : decidePullRequest(proposal);
}

function withoutCandidate(where: Where, current: Release | undefined, reason: string): EnvironmentDecision {
  const { declared, pullRequest } = where.target;
  if (pullRequest) return hold(where, { reason, release: pullRequest.record?.release });
  const isFirst = !current && declared.after.length === 0;
  return { kind: 'up to date', ...about(where, isFirst ? 'waits for the first release' : reason), release: current };
}

/** A pull request for what runs already has nothing left to do. */
function alreadyThere(where: Where, current: Release): EnvironmentDecision {
  const { declared, pullRequest } = where.target;
  if (!pullRequest) return { kind: 'up to date', ...about(where, `runs ${current.tag}`), release: current };
  const reason = `${declared.name} already runs ${current.tag}`;
  const { number, body } = pullRequest;
  return { kind: 'close', ...about(where, reason), number, body: withdrawnBody(body, reason) };
}
