// Records releases: takes facts as they come, makes hops of them when they have ended, and hands each on with its origin.
// Nothing that it does delays or fails a promotion.
import type { Logger } from '@delivery/telemetry/logger';
import { createSpanSpool, type SpanSender } from '@delivery/telemetry/release';
import type { EnvironmentSnapshot } from '../decide/promotion.ts';
import type { Repository } from '../decide/repository.ts';
import type { Arrival, ConfigSnapshot, DeploymentReport, KnownPipeline, LastRead, Observation } from '../ports.ts';
import { describeEnacted, proposalOf } from '../trace/describe-enacted.ts';
import { describeObserved, describeOpenRequest } from '../trace/describe-observed.ts';
import { describeFirstRequest } from '../trace/describe-rollout.ts';
import type { EnactedRound, FirstRequestFact, SourceFact } from '../trace/facts.ts';
import { tracedPromotion } from '../trace/traced-promotion.ts';
import { createDuplicates } from './duplicates.ts';
import type { ReleaseMeasures } from './measure-releases.ts';
import type { PromoterMetrics } from './metrics.ts';
import { createHopRecorder } from './record-hop.ts';
import { createReleaseMemory } from './release-memory.ts';
import { createRolloutReports } from './report-rollouts.ts';
import { createSourceHops } from './source-hops.ts';
import { createTimelines, type Timelines } from './timelines.ts';

export interface RecorderDeps {
  /** Undefined where no exporter is configured: releases are recorded for people only. */
  sender: SpanSender | undefined;
  report(report: DeploymentReport): Promise<void>;
  /** @returns the pull request that has the line now. */
  comment(arrival: Arrival): Promise<number | undefined>;
  lastRead: LastRead;
  configRepository: Repository;
  /** Where people see a release's timeline. */
  releaseUrl(traceId: string): string | undefined;
  metrics: Pick<PromoterMetrics, 'releaseSpans'>;
  measures: ReleaseMeasures;
  /** Something that pages show is another. */
  onChange(): void;
  clock: () => Date;
  logger: Logger;
}

export interface Recorder {
  readonly timelines: Timelines;
  /** @param origin `recovered` for what no webhook brought. */
  source(fact: SourceFact, origin: 'live' | 'recovered'): void;
  /** The service exports it itself. */
  firstRequest(fact: FirstRequestFact): void;
  /** What a reconcile read: the promotions that are there, and how their rollouts stand. */
  read(snapshot: ConfigSnapshot, at: Date): void;
  /** What a reconcile did. */
  enacted(round: EnactedRound): void;
  /** How one environment stands now. */
  observed(observation: Observation): void;
  /** Sends and writes what waits. */
  close(): Promise<void>;
}

export function createRecorder(deps: RecorderDeps): Recorder {
  const { sender, lastRead, measures, metrics, onChange, clock, logger } = deps;
  const startedMs = clock().getTime();
  const duplicates = createDuplicates();
  const timelines = createTimelines();
  const memory = createReleaseMemory();
  const spool =
    sender &&
    createSpanSpool({
      send: (spans) => sender.send(spans),
      onOutcome(outcome, spans, error) {
        metrics.releaseSpans.inc({ outcome }, spans);
        if (outcome !== 'exported')
          logger.warn({ err: error, outcome, spans, stage: 'record' }, 'spans were not exported');
      },
    });
  const record = createHopRecorder({ timelines, spool, measures, duplicates, onChange });
  const { configRepository } = deps;
  const sources = createSourceHops({ memory, pipelines: lastRead.declared, configRepository });
  const reports = createRolloutReports({ ...deps, duplicates, flush: async () => spool?.flush() });

  function observed({ pipeline, history, environment, facts }: Observation): void {
    const nowMs = clock().getTime();
    const about = { pipeline, environment, configUrl: history.url, facts, nowMs, exact: memory, startedMs };
    // A pull request is recorded whatever is known of the release that it would replace.
    const opening = describeOpenRequest(about);
    if (opening) record(opening, 'live');
    const found = describeObserved(about);
    if (!found) return;
    for (const hop of found.hops) record(hop, found.isKnown ? 'known' : 'live');
    if (found.outcome) reports.rolledOut(found, { pipeline, history });
  }

  function publications({ decisions, snapshot, startedMs: roundMs }: EnactedRound): void {
    for (const decision of decisions) {
      if (decision.kind !== 'promote') continue;
      const pipeline = snapshot.pipelines.find(({ declared }) => declared.name === decision.pipeline);
      const promotion = pipeline && tracedPromotion(pipeline, decision.environment, decision.release);
      if (!promotion?.source || promotion.predecessor !== undefined) continue;
      const { release, source } = promotion;
      const receivedMs = memory.publishedMs(release.digest) ?? roundMs;
      record(sources.publication(promotion.pipeline, release, source, receivedMs), 'live');
    }
  }

  /** Nothing that goes wrong here is anybody else's failure. */
  const guarded =
    <Parameters extends unknown[]>(work: (...parameters: Parameters) => void) =>
    (...parameters: Parameters): void => {
      try {
        work(...parameters);
      } catch (error) {
        logger.error({ err: error, stage: 'record' }, 'release not recorded');
      }
    };

  return {
    timelines,
    source: guarded((fact, origin) => {
      for (const hop of sources.hopsOf(fact)) record(hop, origin);
    }),
    firstRequest: guarded((fact) => {
      const found = environmentOf(fact, lastRead.pipelines());
      if (!found) return;
      record(describeFirstRequest(fact, found.pipeline.declared.name), 'elsewhere');
      reports.firstRequest(fact, found.pipeline, found.environment);
    }),
    read: guarded(({ url, recentCommits, recentRecords, pipelines }, at) => {
      const history = { url, recentCommits, recentRecords };
      for (const pipeline of pipelines)
        for (const environment of pipeline.environments)
          observed({ pipeline, history, environment, facts: pipeline.facts.get(environment.declared.name) });
      measures.read(pipelines, recentRecords, at);
    }),
    enacted: guarded((round) => {
      publications(round);
      for (const done of round.enacted) {
        if ('oid' in done) memory.committed(done.oid, round.endedMs);
        const proposal = proposalOf(round.decisions, done);
        if (proposal) memory.proposed(proposal, proposal.release.digest, round.endedMs);
      }
      for (const hop of describeEnacted({ ...round, exact: memory })) record(hop, 'live');
    }),
    observed: guarded(observed),
    async close() {
      await reports.close();
      await spool?.flush();
      await sender?.shutdown();
    },
  };
}

/** The environment that runs that digest. */
function environmentOf(
  { environment: name, digest }: FirstRequestFact,
  known: readonly KnownPipeline[],
): { pipeline: KnownPipeline['pipeline']; environment: EnvironmentSnapshot } | undefined {
  for (const { pipeline } of known) {
    const environment = pipeline.environments.find(
      ({ declared, image }) => declared.name === name && 'digest' in image && image.digest === digest,
    );
    if (environment) return { pipeline, environment };
  }
  return undefined;
}
