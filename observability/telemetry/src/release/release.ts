// What a participant in a release trace needs: derived ids, spans as values, and a spool that exports them.
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
export { createSpanSender } from './otlp-sender.ts';
export type { SpanSender } from './otlp-sender.ts';
