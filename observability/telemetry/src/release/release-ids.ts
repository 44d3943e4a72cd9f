// The trace of a release is derived, not handed on: whoever knows repository and commit knows its id, and whoever knows what a
// span is about knows the span's. So every participant joins without talking to the others, in any order, also after a crash.
import { createHash } from 'node:crypto';

/** https, lower case, without `.git`: the one spelling of a repository. */
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
 * What a span of a release is about, and what makes it one of its kind. The key of what happens in an environment is
 * `environmentKey`; of a workflow run `runKey`.
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

/** @param digest of the image, `sha256:...`: one commit may be built more than once. */
export const environmentKey = (environment: string, digest: string): string => `${environment}\n${digest}`;

export const runKey = (runId: number | string, attempt: number | string): string => `${runId}\n${attempt}`;

/** The W3C header (https://www.w3.org/TR/trace-context/), sampled. */
export const traceparentOf = (traceId: string, spanId: string): string => `00-${traceId}-${spanId}-01`;
