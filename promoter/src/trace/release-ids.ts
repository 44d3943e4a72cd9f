// The trace of a release is derived, not handed on: whoever knows repository and commit knows its id.
import { createHash } from 'node:crypto';

/** https, lower case, without `.git`: the one spelling of a repository. */
export function normaliseRepositoryUrl(url: string): string {
  const { host, pathname } = new URL(url);
  return `https://${host}${pathname}`
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** @param commit 40 hex digits. @returns 32 hex digits. */
export function releaseTraceId(repositoryUrl: string, commit: string): string {
  const text = `delivery-trace/v1\n${normaliseRepositoryUrl(repositoryUrl)}\n${commit}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** @param role who does what, such as `promote`. @param key what makes it one of its kind, such as `todo/dev`. @returns 16 hex digits. */
export function releaseSpanId(traceId: string, role: string, key: string): string {
  return createHash('sha256').update(`${traceId}\n${role}\n${key}`).digest('hex').slice(0, 16);
}

export function traceparent(repositoryUrl: string, commit: string, role: string, key: string): string {
  const traceId = releaseTraceId(repositoryUrl, commit);
  return `00-${traceId}-${releaseSpanId(traceId, role, key)}-01`;
}
