// What a participant of a release trace needs: ids that it derives, spans as values, and a spool that sends them.
export {
  environmentKey,
  normaliseRepositoryUrl,
  releaseSpanId,
  releaseTraceId,
  runKey,
  traceparentOf,
} from './release-ids.ts';
export type { ReleaseRole } from './release-ids.ts';
export { clampTimes } from './span-record.ts';
export type { RecordKind, SpanLink, SpanRecord } from './span-record.ts';
export { createSpanSpool } from './span-spool.ts';
export type { SpanSpool } from './span-spool.ts';
export { joinRelease } from './join-release.ts';
export type { FirstRequest, JoinedRelease, ReleaseIdentity } from './join-release.ts';
export { createSpanSender } from './otlp-sender.ts';
export type { SpanSender } from './otlp-sender.ts';
