// The flow of a promotion: read, decide, enact, observe. A table of contents; the rules are in decide/.
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@delivery/telemetry/logger';
import type { Round, RoundOutcome } from './accept/inbox.ts';
import { decide, rechecks } from './decide/decide.ts';
import type { Decision, Release } from './decide/promotion.ts';
import type { Enactor } from './enact/enact-decisions.ts';
import { TransientError } from './errors.ts';
import type { Cluster, ConfigReader, ConfigSnapshot, Enacted } from './ports.ts';
import type { EnactedRound } from './trace/describe-enacted.ts';
import type { Staged } from './record/staged.ts';

export interface PromoteDeps {
  config: ConfigReader;
  enactor: Enactor;
  cluster: Pick<Cluster, 'refresh'>;
  staged: Staged;
  clock: () => Date;
  logger: Logger;
  onDecided(snapshot: ConfigSnapshot, decisions: readonly Decision[], at: Date): void;
  onEnacted(enacted: Enacted): void;
  /** Tells the traces of what was enacted. */
  tell(round: EnactedRound): void;
}

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 20;

export async function promote(round: Round, deps: PromoteDeps): Promise<RoundOutcome> {
  const { config, enactor, staged, clock, logger } = deps;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const snapshot = await staged('read', { 'promoter.attempt': attempt }, () => config.read(round));
    const now = clock();
    const decisions = await staged('decide', {}, () => Promise.resolve(decide(snapshot, now)));
    deps.onDecided(snapshot, decisions, now);
    const enacted = await staged('enact', { 'promoter.decisions': decisions.length }, () =>
      enactor.enact(decisions, snapshot),
    );
    enacted.forEach(deps.onEnacted);
    deps.tell({ snapshot, decisions, enacted, startedMs: now.getTime(), endedMs: clock().getTime() });
    await refreshApplications(decisions, enacted, snapshot, deps);
    const isStale = enacted.some(({ kind }) => kind === 'stale');
    const [last] = enacted.filter(({ kind }) => kind !== 'stale');
    logger[last ? 'info' : 'debug'](
      { stage: 'enact', head: snapshot.head, enacted, decisions: decisions.map(brief) },
      'reconciled',
    );
    if (!isStale) return { keep: waiting(decisions, round, config), rechecks: rechecks(decisions, now) };
    // Somebody else was faster: read again, decide again. The pause differs, so that two promoters part.
    await wait(FIRST_PAUSE_MS * attempt * (0.5 + Math.random()));
  }
  throw new TransientError(`the config repository changed ${MAX_ATTEMPTS} times while it was read`);
}

/**
 * Nobody waits for Argo CD's poll: it is asked to look at what was just changed, and at what it was not asked about because
 * a promoter died in between. A refresh that fails only costs time.
 */
async function refreshApplications(
  decisions: readonly Decision[],
  enacted: readonly Enacted[],
  snapshot: ConfigSnapshot,
  { cluster, staged, logger }: PromoteDeps,
): Promise<void> {
  const committed = enacted.some(({ kind }) => kind === 'committed');
  const merged = new Set(enacted.flatMap((result) => (result.kind === 'merged' ? [result.number] : [])));
  const moved = new Set(
    decisions.flatMap((decision) => {
      const isDirect = (decision.kind === 'promote' || decision.kind === 'roll back') && committed;
      const isMerged = decision.kind === 'merge' && merged.has(decision.number);
      return isDirect || isMerged ? [`${decision.pipeline}/${decision.environment}`] : [];
    }),
  );
  const applications = snapshot.pipelines.flatMap(({ pipeline, environments }) =>
    environments.flatMap(({ environment, rollout }) => {
      const awaitsSync = rollout.state === 'progressing' && rollout.awaitsSync === true;
      return (awaitsSync || moved.has(`${pipeline.name}/${environment.name}`)) && environment.application
        ? [environment.application]
        : [];
    }),
  );
  if (applications.length === 0) return;
  await staged('observe', { 'promoter.applications': applications.length }, async () => {
    for (const application of new Set(applications)) {
      await cluster.refresh(application).catch((error: unknown) => {
        logger.warn({ err: error, application }, 'application not refreshed');
      });
    }
  });
}

/** Releases that a first environment holds are offered again; so are those that no pipeline claims yet. */
function waiting(decisions: readonly Decision[], { candidates }: Round, config: ConfigReader): Release[] {
  const held = new Set(
    decisions.flatMap((decision) => (decision.kind === 'hold' && decision.release ? [decision.release.digest] : [])),
  );
  const images = new Set(config.knownPipelines().map(({ image }) => image));
  return [...candidates.values()].flat().filter((release) => held.has(release.digest) || !images.has(release.image));
}

function brief(decision: Decision): string {
  const where =
    'environment' in decision
      ? `${decision.pipeline}/${decision.environment}`
      : (decision.pipeline ?? decision.release.image);
  return `${where}: ${decision.kind}, ${decision.reason}`;
}
