// Which release an environment should get.
import { currentRelease } from './current-release.ts';
import { newest, relate, whyIneligible } from './order-releases.ts';
import type { EnvironmentSnapshot, PipelineSnapshot } from './promotion.ts';
import type { Release } from './release.ts';

/** Without a release, the reason why there is none. */
export type Candidate = { release: Release } | { release: undefined; reason: string };

const none = (reason: string): Candidate => ({ release: undefined, reason });

/** Rule 1: the first environment gets the newest eligible release; every other gets what all before it run healthily. */
export function candidateFor(
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  upstream: readonly EnvironmentSnapshot[],
): Candidate {
  return target.declared.after.length === 0
    ? newestPublished(snapshot, target)
    : provenUpstream(snapshot, target, upstream);
}

/** What its pull request proposes is a candidate too: Git keeps it for as long as the pull request is open. */
function newestPublished(snapshot: PipelineSnapshot, target: EnvironmentSnapshot): Candidate {
  const { declared, candidates, lineage } = snapshot;
  const known = [...candidates, ...proposedRelease(target)];
  const eligible = known.filter((release) => whyIneligible(release, declared) === undefined);
  const current = currentRelease(snapshot, target);
  // What may not replace what runs hides nothing that may: it is chosen only where it is all there is, for the reason.
  const movable = eligible.filter((one) => !current || relate(one, current, declared, lineage) === 'newer');
  const release = newest(movable.length > 0 ? movable : eligible, declared, lineage);
  return release ? { release } : none('nothing newer was published');
}

/** What the open pull request of a first environment promotes, where its head is what the promoter wrote. */
export function proposedRelease({ declared, pullRequest }: EnvironmentSnapshot): readonly Release[] {
  return declared.after.length === 0 && pullRequest?.record ? [pullRequest.record.release] : [];
}

function provenUpstream(
  snapshot: PipelineSnapshot,
  { declared }: EnvironmentSnapshot,
  upstream: readonly EnvironmentSnapshot[],
): Candidate {
  let proven: Release | undefined;
  for (const environment of upstream) {
    const { name } = environment.declared;
    const { rollout } = environment;
    const current = currentRelease(snapshot, environment);
    if (!current) return none(`${name} runs no release yet`);
    if (rollout.state !== 'healthy') return none(`${name} is ${rollout.state}: ${rollout.reason}`);
    if (rollout.digest !== current.digest) return none(`${name} has not rolled out ${current.tag} yet`);
    if (proven && proven.digest !== current.digest)
      return none(`${declared.after.join(' and ')} run different releases`);
    proven = current;
  }
  return proven ? { release: proven } : none('nothing is proven yet');
}
