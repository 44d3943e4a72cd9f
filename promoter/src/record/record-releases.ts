// The flow beside a promotion: what happened becomes spans, is sent, is kept for people, and is written down on the source commit.
// It never delays a promotion and never fails one.
import type { Logger } from '@delivery/telemetry/logger';
import { createSpanSpool, releaseTraceId, type SpanSender } from '@delivery/telemetry/release';
import type { FirstRequestFact } from '../trace/facts.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { EnvironmentSnapshot, PipelineSnapshot } from '../decide/promotion.ts';
import type { Arrival } from '../enact/comment-first-request.ts';
import type { DeploymentReport } from '../enact/report-deployment.ts';
import { TransientError } from '../errors.ts';
import { keepRecent } from '../keep-recent.ts';
import { duration } from '../show/page.ts';
import type { ConfigSnapshot } from '../ports.ts';
import type { ClusterFacts } from '../observe/judge-rollout.ts';
import type { Observed } from '../trace/describe-observed.ts';
import type { ReleaseMeasures } from './measure-releases.ts';
import type { PromoterMetrics } from './metrics.ts';
import { createReleaseStories, type ReleaseStories } from './timelines.ts';
import { createReleaseTracer, type ReleaseTracer } from './recorder.ts';

export interface TellDeps {
  /** Undefined where no exporter is configured: releases are told to people only. */
  sender: SpanSender | undefined;
  report(report: DeploymentReport): Promise<void>;
  /** @returns the pull request that has the line now. */
  announce(arrival: Arrival): Promise<number | undefined>;
  pipelines(): readonly Pipeline[];
  configRepository: string;
  facts(application: string): ClusterFacts | undefined;
  /** Where people see a trace. */
  urlOf(traceId: string): string | undefined;
  metrics: Pick<PromoterMetrics, 'releaseSpans'>;
  measures: ReleaseMeasures;
  onChange(): void;
  clock: () => Date;
  logger: Logger;
}

export interface Telling {
  tracer: ReleaseTracer;
  stories: ReleaseStories;
  /** Sends and writes what waits. */
  close(): Promise<void>;
}

const REMEMBERED_REPORTS = 2_000;

/** @returns false for a key that is known; the oldest is forgotten. */
function isFirst(known: Map<string, true>, key: string): boolean {
  if (known.has(key)) return false;
  keepRecent(known, key, true, REMEMBERED_REPORTS);
  return true;
}

export function tellReleases(deps: TellDeps): Telling {
  const { sender, metrics, measures, logger } = deps;
  const stories = createReleaseStories();
  const spool =
    sender &&
    createSpanSpool({
      send: (spans) => sender.send(spans),
      onOutcome(outcome, spans, error) {
        metrics.releaseSpans.inc({ outcome }, spans);
        if (outcome !== 'exported') logger.warn({ err: error, outcome, spans, stage: 'trace' }, 'spans were not told');
      },
    });

  const measured = new Map<string, true>();
  const reported = new Map<string, true>();
  let reporting: Promise<void> = Promise.resolve();

  /** One after the other, after the spans: a promoter that dies in between tells twice, never not at all. */
  function report(observed: Observed, snapshot: ConfigSnapshot): void {
    const { passage, configCommit, outcome, landedMs } = observed;
    const source = deps.pipelines().find(({ name }) => name === passage.pipeline)?.source;
    if (!passage.source || !source || !outcome) return;
    const { commit } = passage.source;
    const environment = `${passage.pipeline}/${passage.environment}`;
    // What was found degraded and recovers by itself is written down again; it is measured once.
    if (isFirst(measured, `${environment} ${configCommit}`)) measures.rolledOut(observed, snapshot);
    const key = `${environment} ${configCommit} ${outcome.state}`;
    if (!isFirst(reported, key)) return;
    const seconds = Math.max(0, Math.round((outcome.atMs - landedMs) / 1_000));
    reporting = writeDown(reporting, key, {
      repository: source,
      commit,
      environment,
      configCommit,
      state: outcome.state === 'healthy' ? 'success' : 'failure',
      description:
        outcome.state === 'healthy'
          ? `${passage.release.tag} healthy ${seconds} s after its commit`
          : `${passage.release.tag} degraded: ${outcome.reason}`,
      logUrl: deps.urlOf(passage.traceId),
    });
  }

  async function writeDown(before: Promise<void>, key: string, deployment: DeploymentReport): Promise<void> {
    await before;
    await spool?.flush();
    try {
      await deps.report(deployment);
    } catch (error) {
      const { environment } = deployment;
      logger.warn({ err: error, environment, stage: 'trace' }, 'deployment not reported');
      if (error instanceof TransientError) reported.delete(key); // the next observation tries again
    }
  }

  /** Only the last environments of a pipeline are where a change was meant to arrive. */
  function announce(
    fact: FirstRequestFact,
    { pipeline, environments, lineage }: PipelineSnapshot,
    target: EnvironmentSnapshot,
  ): void {
    const { name } = target.environment;
    const isLast = environments.every(({ environment }) => !environment.after.includes(name));
    const committedAt = lineage?.commits[fact.commit]?.committedAt;
    if (!isLast || !pipeline.source || !committedAt || !('tag' in target.image)) return;
    reporting = announceArrival(reporting, {
      repository: pipeline.source,
      commit: fact.commit,
      pipeline: pipeline.name,
      environment: name,
      tag: target.image.tag,
      servedAt: new Date(fact.endedMs).toISOString(),
      after: duration(fact.endedMs - Date.parse(committedAt)),
      url: deps.urlOf(releaseTraceId(fact.repositoryUrl, fact.commit)),
    });
  }

  async function announceArrival(before: Promise<void>, arrival: Arrival): Promise<void> {
    await before;
    try {
      const number = await deps.announce(arrival);
      logger.info(
        { stage: 'trace', environment: arrival.environment, tag: arrival.tag, number },
        'first request served',
      );
    } catch (error) {
      logger.warn({ err: error, stage: 'trace' }, 'arrival not announced in its pull request');
    }
  }

  const tracer = createReleaseTracer({
    tell(spans) {
      measures.told(stories.add(spans));
      spool?.add(spans);
      deps.onChange();
    },
    onKnown: (spans) => void stories.add(spans),
    tellLate(spans) {
      stories.add(spans);
      spool?.add(spans);
    },
    onToldElsewhere(spans) {
      measures.told(stories.add(spans));
      deps.onChange();
    },
    onFirstRequest: announce,
    onRolledOut: report,
    pipelines: deps.pipelines,
    configRepository: deps.configRepository,
    facts: deps.facts,
    clock: deps.clock,
    startedAt: deps.clock(),
  });

  /** Nothing that goes wrong here is anybody else's failure. */
  const guarded =
    <Parameters extends unknown[]>(work: (...parameters: Parameters) => void) =>
    (...parameters: Parameters): void => {
      try {
        work(...parameters);
      } catch (error) {
        logger.error({ err: error, stage: 'trace' }, 'a release was not told');
      }
    };

  return {
    tracer: {
      sourceTold: guarded(tracer.sourceTold),
      sourceRecovered: guarded(tracer.sourceRecovered),
      firstRequestServed: guarded(tracer.firstRequestServed),
      enacted: guarded(tracer.enacted),
      decided: guarded((snapshot, at) => {
        tracer.decided(snapshot, at);
        measures.decided(snapshot, at);
      }),
      observed: guarded(tracer.observed),
    },
    stories,
    async close() {
      await reporting;
      await spool?.flush();
      await sender?.shutdown();
    },
  };
}
