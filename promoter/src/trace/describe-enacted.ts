// What a reconcile decided, and GitHub then did -> hops, each the spans that are exported together. Pure.
import type { SpanRecord } from '@delivery/telemetry/release';
import type { Decision, EnvironmentSnapshot, Merge, PipelineSnapshot, Promote, RollBack } from '../decide/promotion.ts';
import { describeCommit, describeEnding, describeOpenedPullRequest } from './describe-promotion.ts';
import type { Enacted, EnactedRound, ExactTimes, Where } from './facts.ts';
import { promoteSpanId, recordedPromotion, type TracedPromotion, tracedPromotion } from './traced-promotion.ts';

export interface EnactedFacts extends EnactedRound {
  exact: ExactTimes;
}

type Done<Kind extends Enacted['kind']> = Extract<Enacted, { kind: Kind }>;
type Proposal = Extract<Decision, { kind: 'propose' | 'update' }>;
type OfPullRequest = Extract<Enacted, { number: number; subject: string }>;

interface Found {
  pipeline: PipelineSnapshot;
  target: EnvironmentSnapshot;
}

function find({ snapshot }: EnactedFacts, where: { pipeline: string; environment: string }): Found | undefined {
  const pipeline = snapshot.pipelines.find(({ declared }) => declared.name === where.pipeline);
  const target = pipeline?.environments.find(({ declared }) => declared.name === where.environment);
  return pipeline && target ? { pipeline, target } : undefined;
}

/** What set a promotion off: the publication of a first environment's release, otherwise the proof of what comes before. */
export function causeOf({ pipeline, target }: Found, digest: string, startedMs: number, exact: ExactTimes): number {
  const { after } = target.declared;
  if (after.length === 0) return Math.min(exact.publishedMs(digest) ?? startedMs, startedMs);
  const proofs = pipeline.environments.flatMap(({ declared, rollout, record }) => {
    if (!after.includes(declared.name) || rollout.state !== 'healthy' || rollout.digest !== digest) return [];
    // The proof has seconds: it came after its own commit all the same.
    const committedMs = record && exact.committedMs(record.commit);
    return [Math.max(Date.parse(rollout.since), committedMs ?? 0)];
  });
  return proofs.length === after.length ? Math.min(Math.max(...proofs), startedMs) : startedMs;
}

export function describeEnacted(facts: EnactedFacts): SpanRecord[][] {
  return facts.enacted.flatMap((done) => describeDone(facts, done));
}

function describeDone(facts: EnactedFacts, done: Enacted): SpanRecord[][] {
  switch (done.kind) {
    case 'committed':
      return committed(facts, done);
    case 'merged':
      return merged(facts, done);
    case 'opened':
    case 'updated':
      return opened(facts, done);
    case 'closed':
      return closed(facts, done);
    case 'described':
    case 'queued':
    case 'dequeued':
    case 'refused':
    case 'stale':
      return [];
  }
}

interface DirectPromotion {
  decision: Promote | RollBack;
  found: Found;
  promotion: TracedPromotion;
}

/** One commit may move several images, each in a trace of its own. */
function committed(facts: EnactedFacts, { oid, changes }: Done<'committed'>): SpanRecord[][] {
  const direct = facts.decisions.flatMap((decision): DirectPromotion[] => {
    if (decision.kind !== 'promote' && decision.kind !== 'roll back') return [];
    const { pipeline, environment } = decision;
    if (!changes.some((one) => one.pipeline === pipeline && one.environment === environment)) return [];
    const found = find(facts, decision);
    const promotion = found && tracedDirect(facts, found.pipeline, decision, oid);
    return found && promotion ? [{ decision, found, promotion }] : [];
  });
  return direct.flatMap((one) => {
    const others = direct.filter((other) => other !== one);
    return describeDirect(
      facts,
      one,
      oid,
      others.map(({ promotion }) => promotion),
    );
  });
}

function tracedDirect(
  { snapshot }: EnactedFacts,
  pipeline: PipelineSnapshot,
  { kind, environment, release }: Promote | RollBack,
  commit: string,
): TracedPromotion | undefined {
  const seed = kind === 'roll back' ? ({ kind: 'rollback', configUrl: snapshot.url, commit } as const) : undefined;
  return tracedPromotion(pipeline, environment, release, seed);
}

function describeDirect(
  { startedMs, endedMs, exact }: EnactedFacts,
  { decision, found, promotion }: DirectPromotion,
  commit: string,
  others: readonly TracedPromotion[],
): SpanRecord[][] {
  const rolledBack =
    decision.kind === 'roll back' ? tracedPromotion(found.pipeline, decision.environment, decision.from) : undefined;
  const linked = rolledBack ? [...others, rolledBack] : others;
  const isRollback = promotion.kind === 'rollback';
  const { reason, release } = decision;
  const hop = describeCommit(promotion, {
    causeMs: isRollback ? startedMs : causeOf(found, release.digest, startedMs, exact),
    startedMs,
    committedMs: endedMs,
    commit,
    reason,
    pullRequest: undefined,
    approvedBy: [],
    soaks: found.target.declared.gates.soak !== undefined && !isRollback,
    links: linked.map((other) => ({ traceId: other.traceId, spanId: promoteSpanId(other) })),
  });
  if (!rolledBack) return [hop];
  return [
    hop,
    describeEnding(rolledBack, { openedMs: startedMs, endedMs, outcome: 'rolled back', reason, by: promotion }),
  ];
}

function merged(facts: EnactedFacts, done: Done<'merged'>): SpanRecord[][] {
  const { startedMs, endedMs, exact } = facts;
  const found = find(facts, done);
  const decision = facts.decisions.find(
    (candidate): candidate is Merge => candidate.kind === 'merge' && candidate.number === done.number,
  );
  const promotion = found && decision && tracedPromotion(found.pipeline, done.environment, decision.release);
  if (!promotion) return [];
  const { declared, pullRequest } = found.target;
  return [
    describeCommit(promotion, {
      causeMs: causeOf(found, decision.release.digest, startedMs, exact),
      startedMs,
      committedMs: endedMs,
      commit: done.oid,
      reason: decision.reason,
      pullRequest: {
        number: done.number,
        url: pullRequest?.url,
        openedMs: proposedMs(exact, done, decision.release.digest, pullRequest),
      },
      approvedBy: decision.approvedBy,
      soaks: declared.gates.soak !== undefined,
    }),
  ];
}

/** A pull request that carries another release now ended the promotion of the one before. */
function opened(facts: EnactedFacts, done: OfPullRequest): SpanRecord[][] {
  const found = find(facts, done);
  const decision = proposalOf(facts.decisions, done);
  if (!found || !decision) return [];
  const promotion = tracedPromotion(found.pipeline, done.environment, decision.release);
  if (!promotion) return [];
  const { startedMs, endedMs: openedMs, snapshot } = facts;
  const { number } = done;
  const { title, reason, release } = decision;
  const { pullRequest } = found.target;
  const url = pullRequest?.url ?? `${snapshot.url}/pull/${number}`;
  const opening = describeOpenedPullRequest(promotion, { startedMs, openedMs, number, title, url });
  const before = pullRequest?.record;
  if (!before || before.release.digest === release.digest) return [opening];
  return [opening, ...ended(facts, found, 'superseded', reason, promotion)];
}

/** What a pull request proposes since it was opened, or updated. */
export function proposalOf(decisions: readonly Decision[], done: Enacted): Proposal | undefined {
  if (done.kind !== 'opened' && done.kind !== 'updated') return undefined;
  return decisions.find(
    (decision): decision is Proposal =>
      (decision.kind === 'propose' || decision.kind === 'update') &&
      decision.pipeline === done.pipeline &&
      decision.environment === done.environment,
  );
}

/** Since when the pull request proposes this release. The process that saw it knows; Git says only when it was opened. */
function proposedMs(
  exact: ExactTimes,
  where: Where,
  digest: string,
  pullRequest: { openedAt: string } | undefined,
): number | undefined {
  return exact.proposedMs(where, digest) ?? (pullRequest && Date.parse(pullRequest.openedAt));
}

function closed(facts: EnactedFacts, done: OfPullRequest): SpanRecord[][] {
  const found = find(facts, done);
  return found ? ended(facts, found, 'closed', done.subject, undefined) : [];
}

function ended(
  { snapshot, endedMs, exact }: EnactedFacts,
  { pipeline, target }: Found,
  outcome: 'superseded' | 'closed',
  reason: string,
  by: TracedPromotion | undefined,
): SpanRecord[][] {
  const { pullRequest } = target;
  const promotion = pullRequest?.record && recordedPromotion(pipeline, pullRequest.record, snapshot.url);
  if (!pullRequest || !promotion) return [];
  const openedMs = proposedMs(exact, promotion, promotion.release.digest, pullRequest) ?? endedMs;
  return [describeEnding(promotion, { openedMs, endedMs, outcome, reason, by })];
}
