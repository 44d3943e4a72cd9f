// One environment: which release belongs there, and what stands between.
import { branchName, pullRequestBody, subject, withdrawnBody } from './describe-change.ts';
import { countedApprovals, evaluateGates, freezeGate, shippedAuthors } from './gates.ts';
import { commitOfTag, newest, relate, whyIneligible } from './order-releases.ts';
import type { Environment } from './pipeline.ts';
import type {
  EnvironmentDecision,
  EnvironmentSnapshot,
  Gate,
  PipelineSnapshot,
  Release,
  Snapshot,
} from './promotion.ts';

/** What an environment's manifest says it runs; undefined before its first release, and while the manifest does not say. */
export function currentRelease(
  { pipeline }: PipelineSnapshot,
  { image, record }: EnvironmentSnapshot,
): Release | undefined {
  if ('problem' in image || !image.digest) return undefined;
  const { tag, digest } = image;
  if (record?.release.digest === digest) return record.release;
  return { image: pipeline.image, tag, digest, commit: commitOfTag(tag, pipeline) };
}

type Candidate = { release: Release } | { release: undefined; reason: string };

/** Rule 1: the first environment gets the newest eligible release; every other what all before it run healthily. */
function candidateFor(
  snapshot: PipelineSnapshot,
  environment: Environment,
  before: readonly EnvironmentSnapshot[],
): Candidate {
  const { pipeline, candidates, lineage } = snapshot;
  if (environment.after.length === 0) {
    const eligible = candidates.filter((release) => whyIneligible(release, pipeline) === undefined);
    const release = newest(eligible, pipeline, lineage);
    return release ? { release } : { release: undefined, reason: 'nothing newer was published' };
  }
  let proven: Release | undefined;
  for (const upstream of before) {
    const { name } = upstream.environment;
    const current = currentRelease(snapshot, upstream);
    if (!current) return { release: undefined, reason: `${name} runs no release yet` };
    const { rollout } = upstream;
    if (rollout.state !== 'healthy')
      return { release: undefined, reason: `${name} is ${rollout.state}: ${rollout.reason}` };
    if (rollout.digest !== current.digest)
      return { release: undefined, reason: `${name} has not rolled out ${current.tag} yet` };
    if (proven && proven.digest !== current.digest)
      return { release: undefined, reason: `${environment.after.join(' and ')} run different releases` };
    proven = current;
  }
  return proven ? { release: proven } : { release: undefined, reason: 'nothing is proven yet' };
}

/** Why a release may not replace what runs: rules 4, 8 and 9. */
function whyNot(
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  release: Release,
  current: Release | undefined,
): string | undefined {
  const { pipeline, lineage } = snapshot;
  const { record, declined } = target;
  const refusal = declined.find(({ digest }) => digest === release.digest);
  if (refusal) return `${release.tag} was declined by ${refusal.by} in #${refusal.number}; waits for a newer release`;
  const rolledBack = record?.rollsBack;
  if (rolledBack && relate(release, rolledBack, pipeline, lineage) !== 'newer') {
    return `${rolledBack.tag} was rolled back; waits for a newer release`;
  }
  const replaced = record && current?.digest !== record.release.digest ? record.release : undefined;
  const toReplaced = replaced ? relate(release, replaced, pipeline, lineage) : undefined;
  if (replaced && toReplaced !== 'newer') {
    return `${replaced.tag} was replaced by hand with ${current?.tag ?? 'nothing'}; waits for a release newer than it`;
  }
  if (!current) return undefined;
  const relation = relate(release, current, pipeline, lineage);
  if (relation === 'older') return `${release.tag} is older than ${current.tag}, which runs`;
  if (relation === 'unrelated') return `${release.tag} does not descend from ${current.tag}, which runs`;
  if (relation === 'unknown' && toReplaced !== 'newer') {
    return `nothing tells whether ${release.tag} is newer than ${current.tag}, which runs`;
  }
  return undefined;
}

/** Rule 12: a release that turned Degraded soon after its promotion is taken back, where the environment asks for it. */
function rollBack(
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  current: Release | undefined,
): EnvironmentDecision | undefined {
  const { environment, record, previous, rollout } = target;
  const { pipeline } = snapshot;
  if (!environment.rollback || !current || !previous || record?.release.digest !== current.digest || record.rollsBack)
    return undefined;
  if (rollout.state !== 'degraded' || rollout.digest !== current.digest) return undefined;
  if (Date.parse(rollout.since) - Date.parse(record.committedAt) > environment.rollback.within) return undefined;
  const reason = `${current.tag} turned Degraded: ${rollout.reason}`;
  const about = { pipeline: pipeline.name, environment: environment.name, reason };
  return {
    kind: 'roll back',
    ...about,
    release: previous,
    from: current,
    manifest: environment.manifest,
    failedAt: rollout.since,
  };
}

export function decideEnvironment(
  all: Snapshot,
  snapshot: PipelineSnapshot,
  target: EnvironmentSnapshot,
  now: Date,
): EnvironmentDecision {
  const { pipeline } = snapshot;
  const { environment, pullRequest } = target;
  const about = (reason: string) => ({ pipeline: pipeline.name, environment: environment.name, reason });
  const hold = (
    reason: string,
    release?: Release,
    until?: string,
    gates: readonly Gate[] = [],
  ): EnvironmentDecision => ({
    kind: 'hold',
    ...about(reason),
    release,
    until,
    gates,
  });
  const before = snapshot.environments.filter((other) => environment.after.includes(other.environment.name));
  const current = currentRelease(snapshot, target);
  const rescue = rollBack(snapshot, target, current);
  if (rescue) return rescue;

  const candidate = candidateFor(snapshot, environment, before);
  const { release } = candidate;
  if (!release) {
    if (pullRequest) return hold(candidate.reason, pullRequest.record?.release);
    const reason = current || environment.after.length > 0 ? candidate.reason : 'waits for the first release';
    return upToDate(about(reason), current);
  }
  if (release.digest === current?.digest) {
    if (!pullRequest) return upToDate(about(`runs ${release.tag}`), current);
    const reason = `${environment.name} already runs ${release.tag}`;
    return {
      kind: 'close',
      ...about(reason),
      number: pullRequest.number,
      body: withdrawnBody(pullRequest.body, reason),
    };
  }
  const refusal = whyNot(snapshot, target, release, current);
  if (refusal) return hold(refusal, release);
  const freeze = freezeGate(all.freezes, pipeline.name, environment.name, now);
  if (freeze) return hold(freeze.text, release, freeze.until, [freeze]);

  const gates = evaluateGates(snapshot, target, before, release, current, now);
  const waits = gates.filter(({ isMet }) => !isMet);
  const until = waits.map((gate) => gate.until).find((time) => time !== undefined);
  const waitText = waits.map(({ name, text }) => `${name}: ${text}`).join('; ');
  const { manifest } = environment;
  const change = { release, from: current, manifest };
  if (environment.promote === 'commit') {
    if (waits.length > 0) return hold(waitText, release, until, gates);
    const reason = before.length > 0 ? `${environment.after.join(' and ')} proved it` : 'the image was published';
    return { kind: 'promote', ...about(reason), ...change };
  }

  const title = subject(pipeline.name, environment.name, release);
  const body = pullRequestBody({
    pipeline: pipeline.name,
    environment: environment.name,
    release,
    from: current,
    gates,
    lineage: snapshot.lineage,
  });
  if (!pullRequest)
    return { kind: 'propose', ...about(`${environment.after.join(' and ')} proved it`), ...change, gates, title, body };
  const { number, headOid, record, isConflicting } = pullRequest;
  if (!record)
    return hold(
      `#${number} has a commit on ${branchName(pipeline.name, environment.name)} that the promoter did not make; merge or close it`,
      release,
      undefined,
      gates,
    );
  if (record.release.digest !== release.digest || isConflicting) {
    const reason = isConflicting
      ? `#${number} conflicts with the base branch`
      : `${release.tag} replaces ${record.release.tag} in #${number}`;
    return { kind: 'update', ...about(reason), ...change, gates, title, body, number };
  }
  if (waits.length > 0) {
    if (pullRequest.body.trim() === body.trim()) return hold(waitText, release, until, gates);
    return { kind: 'describe', ...about(waitText), number, body, gates, until };
  }
  const approval = environment.gates.approval;
  const approvedBy = approval
    ? countedApprovals(pullRequest, approval, shippedAuthors(snapshot, release, current))
    : [];
  const reason = approvedBy.length > 0 ? `approved by ${approvedBy.join(' and ')}` : 'every gate is open';
  return { kind: 'merge', ...about(reason), release, from: current, number, headOid, approvedBy };
}

function upToDate(
  about: { pipeline: string; environment: string; reason: string },
  release: Release | undefined,
): EnvironmentDecision {
  return { kind: 'up to date', ...about, release };
}
