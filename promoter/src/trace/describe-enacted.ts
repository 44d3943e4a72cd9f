// What a reconcile decided, and GitHub then did -> hops. Pure.
import type { SpanRecord } from '@delivery/telemetry/release';
import type { Decision, EnvironmentSnapshot, Merge, PipelineSnapshot, Promote, RollBack } from '../decide/promotion.ts';
import type { ConfigSnapshot, Enacted } from '../ports.ts';
import { describeEnding, describeLanding, describeOpening } from './describe-promotion.ts';
import { type Passage, passageOf, passageOfRecord, promoteSpanId } from './traced-promotion.ts';

/** One reconcile: what it read and decided, and what GitHub did. */
export interface EnactedRound {
  snapshot: ConfigSnapshot;
  decisions: readonly Decision[];
  enacted: readonly Enacted[];
  startedMs: number;
  endedMs: number;
}

/** What the process that lived through it knows more exactly than Git and Kubernetes, whose times have seconds. */
export interface ExactTimes {
  /** When the webhook of a digest's publication came. */
  publishedMs(digest: string): number | undefined;
  /** When GitHub answered that a commit is on the base branch. */
  landedMs(configCommit: string): number | undefined;
}

export interface EnactedFacts extends EnactedRound {
  exact: ExactTimes;
}

type Done<Kind extends Enacted['kind']> = Extract<Enacted, { kind: Kind }>;

interface Found {
  pipeline: PipelineSnapshot;
  target: EnvironmentSnapshot;
}

function find({ snapshot }: EnactedFacts, where: { pipeline: string; environment: string }): Found | undefined {
  const pipeline = snapshot.pipelines.find((candidate) => candidate.pipeline.name === where.pipeline);
  const target = pipeline?.environments.find(({ environment }) => environment.name === where.environment);
  return pipeline && target ? { pipeline, target } : undefined;
}

/** What set a promotion off: the publication of a first environment's release, otherwise the proof of what comes before. */
export function causeOf({ pipeline, target }: Found, digest: string, startedMs: number, exact: ExactTimes): number {
  const { after } = target.environment;
  if (after.length === 0) return Math.min(exact.publishedMs(digest) ?? startedMs, startedMs);
  const proofs = pipeline.environments.flatMap(({ environment, rollout, record }) => {
    if (!after.includes(environment.name) || rollout.state !== 'healthy' || rollout.digest !== digest) return [];
    // The proof has seconds: it came after its own commit all the same.
    return [Math.max(Date.parse(rollout.since), exact.landedMs(record?.commit ?? '') ?? 0)];
  });
  return proofs.length === after.length ? Math.min(Math.max(...proofs), startedMs) : startedMs;
}

export function describeEnacted(facts: EnactedFacts): SpanRecord[][] {
  return facts.enacted.flatMap((done) => {
    if (done.kind === 'committed') return committed(facts, done);
    if (done.kind === 'merged') return merged(facts, done);
    if (done.kind === 'opened' || done.kind === 'updated') return opened(facts, done);
    if (done.kind === 'closed') return closed(facts, done);
    return [];
  });
}

/** One commit may move several images, each on a way of its own. */
function committed(facts: EnactedFacts, done: Done<'committed'>): SpanRecord[][] {
  const direct = facts.decisions.filter(
    (decision): decision is Promote | RollBack => decision.kind === 'promote' || decision.kind === 'roll back',
  );
  const passages = direct.map((decision) => passageOfDirect(facts, decision, done.oid));
  return direct.flatMap((decision, index) => {
    const passage = passages[index];
    const found = find(facts, decision);
    if (!passage || !found) return [];
    const others = passages.filter((other) => other && other !== passage) as Passage[];
    const links = others.map((other) => ({ traceId: other.traceId, spanId: promoteSpanId(other) }));
    const taken =
      decision.kind === 'roll back' ? passageOf(found.pipeline, decision.environment, decision.from) : undefined;
    if (taken) links.push({ traceId: taken.traceId, spanId: promoteSpanId(taken) });
    const { startedMs, endedMs } = facts;
    const landing = describeLanding(passage, {
      causeMs:
        passage.kind === 'rollback' ? startedMs : causeOf(found, decision.release.digest, startedMs, facts.exact),
      startedMs,
      landedMs: endedMs,
      commit: done.oid,
      reason: decision.reason,
      pullRequest: undefined,
      approvedBy: [],
      soaks: found.target.environment.gates.soak !== undefined && passage.kind === 'promotion',
      links,
    });
    if (!taken) return [landing];
    const ending = describeEnding(taken, {
      openedMs: startedMs,
      endedMs,
      outcome: 'rolled back',
      reason: decision.reason,
      by: passage,
    });
    return [landing, ending];
  });
}

function passageOfDirect(facts: EnactedFacts, decision: Promote | RollBack, commit: string): Passage | undefined {
  const found = find(facts, decision);
  if (!found) return undefined;
  const seed = { kind: 'rollback', configUrl: facts.snapshot.url, commit } as const;
  return passageOf(
    found.pipeline,
    decision.environment,
    decision.release,
    decision.kind === 'roll back' ? seed : undefined,
  );
}

function merged(facts: EnactedFacts, done: Done<'merged'>): SpanRecord[][] {
  const found = find(facts, done);
  const decision = facts.decisions.find(
    (candidate): candidate is Merge => candidate.kind === 'merge' && candidate.number === done.number,
  );
  const passage = found && decision && passageOf(found.pipeline, done.environment, decision.release);
  if (!passage) return [];
  const { startedMs } = facts;
  const pull = found.target.pullRequest;
  return [
    describeLanding(passage, {
      causeMs: causeOf(found, decision.release.digest, startedMs, facts.exact),
      startedMs,
      landedMs: facts.endedMs,
      commit: done.oid,
      reason: decision.reason,
      pullRequest: {
        number: done.number,
        url: pull?.url,
        openedMs: pull ? Date.parse(pull.openedAt) : undefined,
      },
      approvedBy: decision.approvedBy,
      soaks: found.target.environment.gates.soak !== undefined,
    }),
  ];
}

/** A pull request that carries another release now ended the way of the one before. */
function opened(facts: EnactedFacts, done: Done<'opened' | 'updated' | 'described' | 'closed'>): SpanRecord[][] {
  const found = find(facts, done);
  const decision = facts.decisions.find(
    (candidate) =>
      (candidate.kind === 'propose' || candidate.kind === 'update') &&
      candidate.pipeline === done.pipeline &&
      candidate.environment === done.environment,
  );
  if (!found || (decision?.kind !== 'propose' && decision?.kind !== 'update')) return [];
  const passage = passageOf(found.pipeline, done.environment, decision.release);
  if (!passage) return [];
  const { startedMs, endedMs } = facts;
  const url = found.target.pullRequest?.url ?? `${facts.snapshot.url}/pull/${done.number}`;
  const opening = describeOpening(passage, {
    startedMs,
    openedMs: endedMs,
    number: done.number,
    title: decision.title,
    url,
  });
  const before = found.target.pullRequest?.record;
  if (!before || before.release.digest === decision.release.digest) return [opening];
  return [opening, ...ended(facts, found, 'superseded', decision.reason, passage)];
}

function closed(facts: EnactedFacts, done: Done<'opened' | 'updated' | 'described' | 'closed'>): SpanRecord[][] {
  const found = find(facts, done);
  return found ? ended(facts, found, 'closed', done.subject, undefined) : [];
}

function ended(
  { snapshot, endedMs }: EnactedFacts,
  { pipeline, target }: Found,
  outcome: 'superseded' | 'closed',
  reason: string,
  by: Passage | undefined,
): SpanRecord[][] {
  const pull = target.pullRequest;
  const passage = pull?.record && passageOfRecord(pipeline, pull.record, snapshot.url);
  if (!pull || !passage) return [];
  const openedMs = Date.parse(pull.openedAt);
  return [describeEnding(passage, { openedMs, endedMs, outcome, reason, by })];
}
