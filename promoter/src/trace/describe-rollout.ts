// What Argo CD and Kubernetes did with a promotion -> spans. Pure.
import {
  environmentKey,
  releaseSpanId,
  releaseTraceId,
  type SpanLink,
  type SpanRecord,
} from '@delivery/telemetry/release';
import type { FirstRequestFact } from './facts.ts';
import { ATTRIBUTE, SERVICE } from './attributes.ts';
import { sourceAttributes } from './describe-source.ts';
import { landingSpanId, type Passage, passageKey, passageScope } from './traced-promotion.ts';
import { makeArrow, makeSpan } from './trace-scope.ts';

export interface Sync {
  application: string;
  /** When the commit was on the base branch; the sync begins its own wait there. */
  landedMs: number;
  startedMs: number;
  finishedMs: number;
  /** A person pressed the button, or nobody had to. */
  isManual: boolean;
  by: string | undefined;
  /** Undefined when it succeeded. */
  error: string | undefined;
}

/** `gitops-config -> argocd`, and the lag until Argo CD saw the commit. */
export function describeSync(passage: Passage, sync: Sync, nowMs: number): SpanRecord[] {
  const scope = passageScope(passage, nowMs);
  const key = passageKey(passage);
  const attributes = {
    [ATTRIBUTE.application]: sync.application,
    ...(sync.by ? { [ATTRIBUTE.actor]: sync.by } : {}),
  };
  // Argo CD's clock has seconds: a sync that seems to begin before its commit began with it.
  const startedMs = Math.max(sync.startedMs, sync.landedMs);
  const arrow = makeArrow(scope, {
    key,
    parent: landingSpanId(passage),
    endMs: Math.max(sync.finishedMs, startedMs),
    error: sync.error,
    from: { role: 'sync', service: SERVICE.config, name: 'sync', startMs: sync.landedMs, attributes },
    to: {
      role: 'synced',
      service: SERVICE.argocd,
      name: `SYNC ${sync.application}`,
      startMs: startedMs,
      attributes: {
        ...attributes,
        [ATTRIBUTE.pipelineName]: sync.application,
        [ATTRIBUTE.pipelineAction]: 'SYNC',
        [ATTRIBUTE.pipelineResult]: sync.error === undefined ? 'success' : 'failure',
        ...(sync.error === undefined ? {} : { [ATTRIBUTE.errorType]: 'sync_failed' }),
      },
    },
  });
  const wait = makeSpan(scope, {
    role: sync.isManual ? 'await sync' : 'detect',
    key,
    parent: arrow[0].spanId,
    service: SERVICE.argocd,
    name: sync.isManual ? 'await sync' : 'detect',
    startMs: sync.landedMs,
    endMs: startedMs,
    attributes,
  });
  return [...arrow, wait];
}

export interface Pod {
  name: string;
  createdMs: number;
  /** When it was ready first, as far as is known. */
  readyMs: number | undefined;
}

export interface RolledOut {
  /** The service that is delivered. */
  service: string;
  deployment: { name: string; namespace: string } | undefined;
  startedMs: number;
  /** When it was proven, or found degraded. */
  endedMs: number;
  /** Undefined when it is healthy. */
  error: string | undefined;
  pods: readonly Pod[];
  links: readonly SpanLink[];
}

/** `argocd -> todo`, and the pods that came up in it. */
export function describeRollout(passage: Passage, rolledOut: RolledOut, nowMs: number): SpanRecord[] {
  const scope = passageScope(passage, nowMs);
  const key = passageKey(passage);
  const { service, deployment, startedMs, endedMs, error, pods, links } = rolledOut;
  const attributes = {
    [ATTRIBUTE.deploymentName]: `${passage.pipeline}/${passage.environment}`,
    [ATTRIBUTE.deploymentStatus]: error === undefined ? 'succeeded' : 'failed',
    ...(deployment
      ? { [ATTRIBUTE.kubernetesDeployment]: deployment.name, [ATTRIBUTE.kubernetesNamespace]: deployment.namespace }
      : {}),
    ...(error === undefined ? {} : { [ATTRIBUTE.errorType]: 'degraded', [ATTRIBUTE.reason]: error }),
  };
  const arrow = makeArrow(scope, {
    key,
    parent: releaseSpanId(passage.traceId, 'synced', key),
    endMs: endedMs,
    error,
    from: { role: 'rollout', service: SERVICE.argocd, name: 'rollout', startMs: startedMs, attributes },
    to: { role: 'rolled out', service, name: `rollout ${passage.environment}`, startMs: startedMs, attributes, links },
  });
  return [
    ...arrow,
    ...pods.map((pod) =>
      makeSpan(scope, {
        role: 'pod',
        key: `${key}\n${pod.name}`,
        parent: arrow[1].spanId,
        service,
        name: 'pod',
        // Kubernetes' clock has seconds: a pod that seems to be older than its rollout began with it.
        startMs: Math.max(pod.createdMs, arrow[1].startMs),
        endMs: pod.readyMs ?? endedMs,
        error: pod.readyMs === undefined ? error : undefined,
        attributes: { ...attributes, [ATTRIBUTE.pod]: pod.name },
      }),
    ),
  ];
}

/** As the delivered service told it in the trace: the same id, for pages and metrics here. */
export function describeFirstRequest(fact: FirstRequestFact, service: string): SpanRecord[] {
  const { repositoryUrl, commit, environment, digest, startedMs, endedMs, trace } = fact;
  const traceId = releaseTraceId(repositoryUrl, commit);
  const key = environmentKey(environment, digest);
  const common = {
    ...sourceAttributes(repositoryUrl, commit),
    [ATTRIBUTE.pipeline]: service,
    [ATTRIBUTE.environment]: environment,
    [ATTRIBUTE.digest]: digest,
  };
  return [
    makeSpan(
      { traceId, common, nowMs: endedMs },
      {
        role: 'first request',
        key,
        parent: releaseSpanId(traceId, 'rolled out', key),
        service,
        name: 'first request served',
        startMs: startedMs,
        endMs: endedMs,
        links: trace ? [trace] : [],
      },
    ),
  ];
}
