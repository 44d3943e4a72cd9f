// The ids of a release's trace are derived, not propagated: repository and commit give the trace id, and what a span is about gives the
// span id. So every participant can join the trace without talking to the others, in any order, and again after a crash.
import { createHash } from 'node:crypto';

/** The canonical form of a repository's URL: https, lower case, without `.git`. */
export function normaliseRepositoryUrl(url: string): string {
  const { host, pathname } = new URL(url);
  return `https://${host}${pathname}`
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

const hash = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits);

/** @param commit 40 hex digits. @returns 32 hex digits. */
export function releaseTraceId(repositoryUrl: string, commit: string): string {
  return hash(`delivery-trace/v1\n${normaliseRepositoryUrl(repositoryUrl)}\n${commit}`, 32);
}

/**
 * The kind of step that a span of a release stands for; together with a key it gives the span's id. The key of a step in an environment
 * is `environmentKey`, that of a workflow run `runKey`.
 */
export type ReleaseRole =
  | 'push'
  | 'trigger workflow'
  | 'run'
  | 'queue'
  | 'job'
  | 'step'
  | 'push image'
  | 'publish'
  | 'deliver'
  | 'promote'
  | 'soak'
  | 'approval'
  | 'open pull request'
  | 'pull request'
  | 'commit'
  | 'land'
  | 'supersede'
  | 'detect'
  | 'await sync'
  | 'sync'
  | 'synced'
  | 'rollout'
  | 'rolled out'
  | 'pod'
  | 'boot'
  | 'first request';

/** @returns 16 hex digits. */
export function releaseSpanId(traceId: string, role: ReleaseRole, key: string): string {
  return hash(`${traceId}\n${role}\n${key}`, 16);
}

/** @param digest of the image, `sha256:...`: a commit may be built more than once. */
export const environmentKey = (environment: string, digest: string): string => `${environment}\n${digest}`;

export const runKey = (runId: number | string, attempt: number | string): string => `${runId}\n${attempt}`;

/** The W3C header (https://www.w3.org/TR/trace-context/), sampled. */
export const traceparentOf = (traceId: string, spanId: string): string => `00-${traceId}-${spanId}-01`;
