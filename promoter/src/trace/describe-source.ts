// A push and the workflow runs that follow it -> spans. Pure.
import {
  normaliseRepositoryUrl,
  releaseSpanId,
  releaseTraceId,
  runKey,
  type SpanLink,
  type SpanRecord,
} from '@delivery/telemetry/release';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE, SERVICE } from './attributes.ts';
import type { JobFact, PushFact, RunFact } from './facts.ts';
import { makeArrow, makeSpan, type TraceScope } from './make-span.ts';

/** `cicd.pipeline.result` and `cicd.pipeline.task.run.result`. https://opentelemetry.io/docs/specs/semconv/registry/attributes/cicd/ */
const RESULTS: Readonly<Record<string, string>> = {
  success: 'success',
  neutral: 'success',
  failure: 'failure',
  startup_failure: 'error',
  action_required: 'error',
  cancelled: 'cancellation',
  stale: 'cancellation',
  skipped: 'skip',
  timed_out: 'timeout',
};
const FAILED = new Set(['failure', 'error', 'timeout']);

const resultOf = (conclusion: string): string => RESULTS[conclusion] ?? 'error';
const errorOf = (what: string, conclusion: string): string | undefined =>
  FAILED.has(resultOf(conclusion)) ? `${what}: ${conclusion}` : undefined;

export function sourceAttributes(repositoryUrl: string, commit: string): Attributes {
  const url = normaliseRepositoryUrl(repositoryUrl);
  const [owner = '', name = ''] = new URL(url).pathname.slice(1).split('/');
  return {
    [ATTRIBUTE.repository]: url,
    [ATTRIBUTE.repositoryName]: name,
    [ATTRIBUTE.owner]: owner,
    [ATTRIBUTE.provider]: 'github',
    [ATTRIBUTE.revision]: commit,
  };
}

export function sourceScope(fact: {
  repositoryUrl: string;
  commit: string;
  receivedMs: number;
  branch?: string;
}): TraceScope {
  const branch = fact.branch === undefined ? {} : { [ATTRIBUTE.branch]: fact.branch, [ATTRIBUTE.refType]: 'branch' };
  return {
    traceId: releaseTraceId(fact.repositoryUrl, fact.commit),
    common: { ...sourceAttributes(fact.repositoryUrl, fact.commit), ...branch },
    nowMs: fact.receivedMs,
  };
}

/**
 * The root. Tempo draws `developer -> github` of it alone, after its wait: it has no parent and names its peer.
 * @param service who was pushed to: the config repository is a node of its own.
 */
export function describePush(fact: PushFact, service: string = SERVICE.github): SpanRecord[] {
  const scope = sourceScope(fact);
  const others = fact.commits.filter(({ sha }) => sha !== fact.commit);
  const links = others.map(({ sha, headline }): SpanLink => {
    const traceId = releaseTraceId(fact.repositoryUrl, sha);
    return {
      traceId,
      spanId: releaseSpanId(traceId, 'push', ''),
      attributes: { [ATTRIBUTE.revision]: sha, [ATTRIBUTE.changeTitle]: headline },
    };
  });
  return [
    makeSpan(scope, {
      role: 'push',
      key: '',
      parent: undefined,
      service,
      name: 'push',
      kind: 'SERVER',
      startMs: fact.pushedMs,
      endMs: fact.receivedMs,
      links,
      attributes: {
        [ATTRIBUTE.peer]: SERVICE.developer,
        [ATTRIBUTE.peerName]: SERVICE.developer,
        [ATTRIBUTE.actor]: fact.pusher,
        [ATTRIBUTE.commits]: fact.commits.length,
        [ATTRIBUTE.url]: fact.url,
      },
    }),
  ];
}

/** A second attempt is a second run, linked to the first. */
export function describeRun(fact: RunFact): SpanRecord[] {
  const scope = sourceScope(fact);
  const { traceId } = scope;
  const key = runKey(fact.runId, fact.attempt);
  const attributes = {
    [ATTRIBUTE.pipelineName]: fact.workflow,
    [ATTRIBUTE.runId]: String(fact.runId),
    [ATTRIBUTE.runUrl]: fact.url,
    [ATTRIBUTE.attempt]: fact.attempt,
    [ATTRIBUTE.actor]: fact.actor,
  };
  const earlier = runKey(fact.runId, fact.attempt - 1);
  const links = fact.attempt > 1 ? [{ traceId, spanId: releaseSpanId(traceId, 'run', earlier) }] : [];
  const error = errorOf(fact.workflow, fact.conclusion);
  return makeArrow(scope, {
    key,
    parent: releaseSpanId(traceId, 'push', ''),
    endMs: fact.completedMs,
    error,
    from: {
      role: 'trigger workflow',
      service: SERVICE.github,
      name: 'trigger workflow',
      // created_at stays the first attempt's.
      startMs: fact.attempt > 1 ? fact.startedMs : fact.createdMs,
      attributes,
    },
    to: {
      role: 'run',
      service: SERVICE.actions,
      name: `RUN ${fact.workflow}`,
      startMs: fact.startedMs,
      links,
      attributes: {
        ...attributes,
        [ATTRIBUTE.pipelineAction]: 'RUN',
        [ATTRIBUTE.pipelineResult]: resultOf(fact.conclusion),
        ...(error ? { [ATTRIBUTE.errorType]: fact.conclusion } : {}),
      },
    },
  });
}

export const jobSpanId = (traceId: string, { jobId }: JobFact): string => releaseSpanId(traceId, 'job', String(jobId));

/** The job, its time in the queue, and its steps. */
export function describeJob(fact: JobFact): SpanRecord[] {
  if (fact.completedMs === undefined) return [];
  const scope = sourceScope(fact);
  const { traceId } = scope;
  const run = releaseSpanId(traceId, 'run', runKey(fact.runId, fact.attempt));
  const key = String(fact.jobId);
  const service = SERVICE.actions;
  const about = { [ATTRIBUTE.runId]: String(fact.runId), [ATTRIBUTE.attempt]: fact.attempt };
  const task = (name: string, id: string, conclusion: string): Attributes => ({
    ...about,
    [ATTRIBUTE.taskName]: name,
    [ATTRIBUTE.taskRunId]: id,
    [ATTRIBUTE.taskResult]: resultOf(conclusion),
    [ATTRIBUTE.taskUrl]: fact.url,
    ...(fact.worker ? { [ATTRIBUTE.worker]: fact.worker } : {}),
  });
  const job = makeSpan(scope, {
    role: 'job',
    key,
    parent: run,
    service,
    name: fact.name,
    startMs: fact.startedMs,
    endMs: fact.completedMs,
    error: errorOf(fact.name, fact.conclusion),
    attributes: task(fact.name, key, fact.conclusion),
  });
  const queue = makeSpan(scope, {
    role: 'queue',
    key,
    parent: run,
    service,
    name: 'queue',
    startMs: fact.queuedMs,
    endMs: fact.startedMs,
    attributes: { ...about, [ATTRIBUTE.taskName]: fact.name },
  });
  const steps = fact.steps.map((step) =>
    makeSpan(scope, {
      role: 'step',
      key: `${key}\n${step.number}`,
      parent: job.spanId,
      service,
      name: step.name,
      startMs: step.startedMs,
      endMs: step.completedMs,
      error: errorOf(step.name, step.conclusion),
      attributes: task(step.name, `${key}/${step.number}`, step.conclusion),
    }),
  );
  return [queue, job, ...steps];
}
