// The flow of a promotion: collect, decide, enact, observe. A table of contents; the rules are in decide/.
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@delivery/telemetry/logger';
import type { Round, RoundOutcome } from './accept/inbox.ts';
import type { Refusals } from './collect/refused-releases.ts';
import { applicationsToRefresh } from './decide/applications-to-refresh.ts';
import { decide, manifestProblems, rechecks } from './decide/decide.ts';
import { holdRefused } from './decide/hold-refused.ts';
import type { Decision, Ignore, PipelineSnapshot } from './decide/promotion.ts';
import { releasesToKeep } from './decide/releases-to-keep.ts';
import type { Enactor } from './enact/enact-decisions.ts';
import { TransientError } from './errors.ts';
import type { Cluster, ConfigReader, ConfigSnapshot, LastRead } from './ports.ts';
import type { InStage } from './record/stages.ts';
import type { Enacted, EnactedRound } from './trace/facts.ts';

export interface PromoteDeps {
  config: ConfigReader;
  refusals: Refusals;
  lastRead: Pick<LastRead, 'declarations'>;
  enactor: Enactor;
  cluster: Pick<Cluster, 'refresh'>;
  inStage: InStage;
  clock: () => Date;
  logger: Logger;
  onDecided(snapshot: ConfigSnapshot, decisions: readonly Decision[], at: Date): void;
  onEnacted(round: EnactedRound): void;
}

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 20;

export async function promote(round: Round, deps: PromoteDeps): Promise<RoundOutcome> {
  const { lastRead, enactor, inStage, clock, logger } = deps;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { snapshot, refused } = await inStage('collect', { 'promoter.attempt': attempt }, () => collect(round, deps));
    const now = clock();
    const decisions = await inStage('decide', {}, () => Promise.resolve([...refused, ...decide(snapshot, now)]));
    deps.onDecided(snapshot, decisions, now);
    const enacted = await inStage('enact', { 'promoter.decisions': decisions.length }, () =>
      enactor.enact(decisions, snapshot),
    );
    deps.onEnacted({ snapshot, decisions, enacted, startedMs: now.getTime(), endedMs: clock().getTime() });
    const refusals = enacted.filter((done) => done.kind === 'refused');
    const standing = holdRefused(decisions, refusals, now);
    await refresh(applicationsToRefresh(snapshot, standing, doneOf(enacted)), deps);
    logReconciled(logger, snapshot, decisions, enacted);
    if (!enacted.some(({ kind }) => kind === 'stale')) {
      const offered = [...round.candidates.values()].flat();
      const keep = releasesToKeep(offered, standing, lastRead.declarations(), decidedPipelines(snapshot));
      return { keep, rechecks: rechecks(standing, now) };
    }
    // Another process was faster: read again, decide again. The pause differs, so that two promoters part.
    await wait(FIRST_PAUSE_MS * attempt * (0.5 + Math.random()));
  }
  throw new TransientError(`the config repository changed ${MAX_ATTEMPTS} times while it was read`);
}

/** What is true of the config repository, and of the releases that wait for it. */
async function collect(
  round: Round,
  { config, refusals }: PromoteDeps,
): Promise<{ snapshot: ConfigSnapshot; refused: Ignore[] }> {
  const snapshot = await config.read(round);
  const refused = await refusals.refused(snapshot.pipelines);
  return { snapshot: { ...snapshot, pipelines: refusals.applied(snapshot.pipelines, refused) }, refused };
}

/** Every pipeline that was read, but those that a broken manifest stops: what is published for them waits. */
function decidedPipelines({ pipelines }: ConfigSnapshot): PipelineSnapshot[] {
  return pipelines.filter((pipeline) => manifestProblems(pipeline).length === 0);
}

/** A refresh that fails only costs time. */
async function refresh(applications: readonly string[], { cluster, inStage, logger }: PromoteDeps): Promise<void> {
  if (applications.length === 0) return;
  await inStage('observe', { 'promoter.applications': applications.length }, async () => {
    for (const application of applications) {
      await cluster.refresh(application).catch((error: unknown) => {
        logger.warn({ err: error, application }, 'application not refreshed');
      });
    }
  });
}

function doneOf(enacted: readonly Enacted[]) {
  return {
    committed: enacted.some(({ kind }) => kind === 'committed'),
    merged: new Set(enacted.flatMap((result) => (result.kind === 'merged' ? [result.number] : []))),
  };
}

function logReconciled(
  logger: Logger,
  { head }: ConfigSnapshot,
  decisions: readonly Decision[],
  enacted: readonly Enacted[],
): void {
  const level = enacted.some(({ kind }) => kind !== 'stale') ? 'info' : 'debug';
  logger[level]({ stage: 'enact', head, enacted, decisions: decisions.map(inBrief) }, 'reconciled');
  for (const done of enacted)
    if (done.kind === 'refused') logger.warn({ stage: 'enact', ...done }, 'not done: it was refused');
}

function inBrief(decision: Decision): string {
  const where =
    'environment' in decision
      ? `${decision.pipeline}/${decision.environment}`
      : (decision.pipeline ?? decision.release.image);
  return `${where}: ${decision.kind}, ${decision.reason}`;
}
