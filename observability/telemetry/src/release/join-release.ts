// A delivered service joins the trace of its release on its own. It derives the ids from the repository and commit in its image and
// from the environment and digest in its manifest, so no trace context has to be passed to it.
import { hostname } from 'node:os';
import { context, ROOT_CONTEXT, trace, TraceFlags, type SpanContext } from '@opentelemetry/api';
import { environmentKey, normaliseRepositoryUrl, releaseSpanId, releaseTraceId } from './release-ids.ts';
import type { SpanRecord } from './span-record.ts';

export interface ReleaseIdentity {
  /** `service.name`. */
  service: string;
  /** Of the source, and 40 hex digits: the labels org.opencontainers.image.source and .revision. */
  repositoryUrl: string;
  commit: string;
  environment: string;
  /** Of the image, `sha256:...`. */
  digest: string;
}

/** What is reported to the promoter when the first request was served: lead time ends there. */
export interface FirstRequest {
  repository: string;
  commit: string;
  environment: string;
  digest: string;
  /** RFC 3339. */
  startedAt: string;
  endedAt: string;
  /** The request's own trace; undefined where it was not traced. */
  trace: { traceId: string; spanId: string } | undefined;
}

export interface JoinDeps {
  record(spans: readonly SpanRecord[]): void;
  onFirstRequest(request: FirstRequest): void;
  /** When the process began, milliseconds since 1970. */
  processStartMs: number;
  clock: () => Date;
}

export interface JoinedRelease {
  /** Runs work whose spans become part of the release's trace, such as the statements that check the database. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** To be called once, when the service may receive requests. */
  ready(): void;
  /** To be called after each request that is not a probe; only the first one is recorded. */
  served(startedMs: number, endedMs: number, span: SpanContext | undefined): void;
}

export function joinRelease(identity: ReleaseIdentity, deps: JoinDeps): JoinedRelease {
  const { service, repositoryUrl, commit, environment, digest } = identity;
  const { processStartMs, clock } = deps;
  const traceId = releaseTraceId(repositoryUrl, commit);
  const key = environmentKey(environment, digest);
  // Each replica has its own boot span; in a pod the host name is the pod's name.
  const bootId = releaseSpanId(traceId, 'boot', `${key}\n${hostname()}\n${processStartMs}`);
  const common = {
    'vcs.repository.url.full': normaliseRepositoryUrl(repositoryUrl),
    'vcs.ref.head.revision': commit,
    'deployment.environment.name': environment,
    'oci.manifest.digest': digest,
  };
  const base = { traceId, service, kind: 'INTERNAL', attributes: common, error: undefined } as const;
  const rolledOut = releaseSpanId(traceId, 'rolled out', key);
  let hasServed = false;
  let readyMs: number | undefined;

  return {
    during(work) {
      const boot = { traceId, spanId: bootId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      return context.with(trace.setSpanContext(ROOT_CONTEXT, boot), work);
    },
    ready() {
      readyMs = clock().getTime();
      deps.record([
        {
          ...base,
          role: 'boot',
          spanId: bootId,
          parentSpanId: rolledOut,
          name: 'boot',
          startMs: processStartMs,
          endMs: readyMs,
          links: [],
        },
      ]);
    },
    served(startedMs, endedMs, span) {
      if (hasServed || readyMs === undefined) return;
      hasServed = true;
      const request = span ? { traceId: span.traceId, spanId: span.spanId } : undefined;
      deps.record([
        {
          ...base,
          role: 'first request',
          spanId: releaseSpanId(traceId, 'first request', key),
          parentSpanId: rolledOut,
          name: 'first request served',
          startMs: startedMs,
          endMs: endedMs,
          links: request ? [request] : [],
        },
      ]);
      deps.onFirstRequest({
        repository: common['vcs.repository.url.full'],
        commit,
        environment,
        digest,
        startedAt: new Date(startedMs).toISOString(),
        endedAt: new Date(endedMs).toISOString(),
        trace: request,
      });
    },
  };
}
