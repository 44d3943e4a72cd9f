// A rollout that ended -> metrics, and a deployment on its source commit; a first request -> a line in the pull request of its commit.
// Written one after the other, after the spans: a promoter that dies in between exports a hop again, with the same ids.
import type { Logger } from '@delivery/telemetry/logger';
import { releaseTraceId } from '@delivery/telemetry/release';
import { commitOf } from '../decide/lineage.ts';
import type { EnvironmentSnapshot, PipelineSnapshot } from '../decide/promotion.ts';
import { TransientError } from '../errors.ts';
import type { Arrival, DeploymentReport, KnownPipeline } from '../ports.ts';
import type { Observed } from '../trace/describe-observed.ts';
import type { FirstRequestFact } from '../trace/facts.ts';
import type { Duplicates } from './duplicates.ts';
import type { ReleaseMeasures } from './measure-releases.ts';

export interface RolloutReportsDeps {
  report(report: DeploymentReport): Promise<void>;
  /** @returns the pull request that has the line now. */
  comment(arrival: Arrival): Promise<number | undefined>;
  /** Sends the spans that wait. */
  flush(): Promise<void>;
  /** Where people see a release's timeline. */
  releaseUrl(traceId: string): string | undefined;
  measures: Pick<ReleaseMeasures, 'rolledOut'>;
  duplicates: Duplicates;
  logger: Logger;
}

export interface RolloutReports {
  rolledOut(observed: Observed, known: KnownPipeline): void;
  firstRequest(fact: FirstRequestFact, pipeline: PipelineSnapshot, environment: EnvironmentSnapshot): void;
  /** Resolves when what was begun is written. */
  close(): Promise<void>;
}

export function createRolloutReports(deps: RolloutReportsDeps): RolloutReports {
  const { duplicates, measures, logger } = deps;
  let writing: Promise<void> = Promise.resolve();

  async function write(before: Promise<void>, key: string, deployment: DeploymentReport): Promise<void> {
    await before;
    await deps.flush();
    try {
      await deps.report(deployment);
    } catch (error) {
      const { environment } = deployment;
      logger.warn({ err: error, environment, stage: 'record' }, 'deployment not reported');
      if (error instanceof TransientError) duplicates.forget(key); // the next observation tries again
    }
  }

  async function comment(before: Promise<void>, arrival: Arrival): Promise<void> {
    await before;
    const { environment, tag } = arrival;
    try {
      const number = await deps.comment(arrival);
      logger.info({ stage: 'record', environment, tag, number }, 'first request served');
    } catch (error) {
      logger.warn({ err: error, stage: 'record', environment, tag }, 'first request not written to its pull request');
    }
  }

  return {
    rolledOut(observed, { pipeline, history }) {
      const { promotion, configCommit, outcome } = observed;
      const { source } = pipeline.declared;
      if (!promotion.source || !source || !outcome) return;
      const environment = `${promotion.pipeline}/${promotion.environment}`;
      // What was found degraded and recovers by itself is written again; it is measured once, when it is healthy.
      if (outcome.state === 'healthy' && duplicates.isFirst(`measured ${environment} ${configCommit}`))
        measures.rolledOut(observed, pipeline, history.recentRecords);
      const key = `reported ${environment} ${configCommit} ${outcome.state}`;
      if (!duplicates.isFirst(key)) return;
      writing = write(writing, key, {
        repository: source,
        commit: promotion.source.commit,
        environment,
        configCommit,
        state: outcome.state === 'healthy' ? 'success' : 'failure',
        description: describeOutcome(observed, outcome),
        logUrl: deps.releaseUrl(promotion.traceId),
      });
    },

    firstRequest(fact, { declared, environments, lineage }, target) {
      const { name } = target.declared;
      // Only the last environments of a pipeline are where a change was meant to arrive.
      const isLast = environments.every((environment) => !environment.declared.after.includes(name));
      const committedAt = commitOf(lineage, fact.commit)?.committedAt;
      if (!isLast || !declared.source || !committedAt || !('tag' in target.image)) return;
      writing = comment(writing, {
        repository: declared.source,
        commit: fact.commit,
        pipeline: declared.name,
        environment: name,
        tag: target.image.tag,
        afterMs: fact.endedMs - Date.parse(committedAt),
        url: deps.releaseUrl(releaseTraceId(fact.repositoryUrl, fact.commit)),
      });
    },

    close: () => writing,
  };
}

function describeOutcome(
  { promotion: { release }, committedMs }: Observed,
  { state, atMs, reason }: NonNullable<Observed['outcome']>,
): string {
  if (state === 'degraded') return reason ? `${release.tag} degraded: ${reason}` : `${release.tag} degraded`;
  const seconds = Math.max(0, Math.round((atMs - committedMs) / 1_000));
  return `${release.tag} healthy ${seconds} s after its commit`;
}
