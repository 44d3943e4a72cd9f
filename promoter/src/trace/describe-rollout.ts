// What Argo CD and Kubernetes did with a promotion -> spans. Pure.
import {
  environmentKey,
  releaseSpanId,
  releaseTraceId,
  type SpanLink,
  type SpanRecord,
} from '@delivery/telemetry/release';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE, SERVICE } from './attributes.ts';
import { sourceAttributes } from './describe-source.ts';
import type { FirstRequestFact, PodFact, SyncFact } from './facts.ts';
import { makeArrow, makeSpan, type TraceScope } from './make-span.ts';
import { commitSpanId, promotionKey, promotionScope, type TracedPromotion } from './traced-promotion.ts';

export interface Sync extends Omit<SyncFact, 'revision'> {
  /** Argo CD's Application. */
  application: string;
  /** When the commit was on the base branch; the sync begins its own wait there. */
  committedMs: number;
}

/** `gitops-config -> argocd`, and the lag until Argo CD saw the commit. */
export function describeSync(promotion: TracedPromotion, sync: Sync, nowMs: number): SpanRecord[] {
  const { application, committedMs, by, error } = sync;
  const scope = promotionScope(promotion, nowMs);
  const key = promotionKey(promotion);
  const attributes = { [ATTRIBUTE.application]: application, ...(by ? { [ATTRIBUTE.actor]: by } : {}) };
  // Argo CD's clock has seconds: a sync that seems to begin before its commit began with it.
  const startedMs = Math.max(sync.startedMs, committedMs);
  const arrow = makeArrow(scope, {
    key,
    parent: commitSpanId(promotion),
    endMs: Math.max(sync.finishedMs, startedMs),
    error,
    from: { role: 'sync', service: SERVICE.config, name: 'sync', startMs: committedMs, attributes },
    to: {
      role: 'synced',
      service: SERVICE.argocd,
      name: `SYNC ${application}`,
      startMs: startedMs,
      attributes: {
        ...attributes,
        [ATTRIBUTE.pipelineName]: application,
        [ATTRIBUTE.pipelineAction]: 'SYNC',
        [ATTRIBUTE.pipelineResult]: error === undefined ? 'success' : 'failure',
        ...(error === undefined ? {} : { [ATTRIBUTE.errorType]: 'sync_failed' }),
      },
    },
  });
  const role = sync.isManual ? 'await sync' : 'detect';
  const [{ spanId: parent }] = arrow;
  const wait = makeSpan(scope, {
    role,
    key,
    parent,
    service: SERVICE.argocd,
    name: role,
    startMs: committedMs,
    endMs: startedMs,
    attributes,
  });
  return [...arrow, wait];
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
  pods: readonly PodFact[];
  links: readonly SpanLink[];
}

/** `argocd -> todo`, and the pods that came up in it. */
export function describeRollout(promotion: TracedPromotion, rolledOut: RolledOut, nowMs: number): SpanRecord[] {
  const scope = promotionScope(promotion, nowMs);
  const key = promotionKey(promotion);
  const { service, startedMs: startMs, endedMs: endMs, error, links } = rolledOut;
  const attributes = rolloutAttributes(promotion, rolledOut);
  const arrow = makeArrow(scope, {
    key,
    parent: releaseSpanId(promotion.traceId, 'synced', key),
    endMs,
    error,
    from: { role: 'rollout', service: SERVICE.argocd, name: 'rollout', startMs, attributes },
    to: { role: 'rolled out', service, name: `rollout ${promotion.environment}`, startMs, attributes, links },
  });
  const [, rollout] = arrow;
  return [...arrow, ...rolledOut.pods.map((pod) => describePod(pod, rollout, { scope, key, attributes, error }))];
}

function rolloutAttributes({ pipeline, environment }: TracedPromotion, { deployment, error }: RolledOut): Attributes {
  return {
    [ATTRIBUTE.deploymentName]: `${pipeline}/${environment}`,
    [ATTRIBUTE.deploymentStatus]: error === undefined ? 'succeeded' : 'failed',
    ...(deployment
      ? { [ATTRIBUTE.kubernetesDeployment]: deployment.name, [ATTRIBUTE.kubernetesNamespace]: deployment.namespace }
      : {}),
    ...(error === undefined ? {} : { [ATTRIBUTE.errorType]: 'degraded', [ATTRIBUTE.reason]: error }),
  };
}

interface PodContext {
  scope: TraceScope;
  key: string;
  attributes: Attributes;
  error: string | undefined;
}

function describePod(
  { name, createdMs, readyMs }: PodFact,
  rollout: SpanRecord,
  { scope, key, attributes, error }: PodContext,
): SpanRecord {
  return makeSpan(scope, {
    role: 'pod',
    key: `${key}\n${name}`,
    parent: rollout.spanId,
    service: rollout.service,
    name: 'pod',
    // Kubernetes' clock has seconds: a pod that seems to be older than its rollout began with it.
    startMs: Math.max(createdMs, rollout.startMs),
    endMs: readyMs ?? rollout.endMs,
    error: readyMs === undefined ? error : undefined,
    attributes: { ...attributes, [ATTRIBUTE.pod]: name },
  });
}

/** As the delivered service exports it itself: the same id, for pages and metrics here. */
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
  const span = makeSpan(
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
  );
  return [span];
}
