// The promotion of one release into one environment, as a trace sees it: which trace it belongs to, and what all its spans say.
import { environmentKey, releaseSpanId, releaseTraceId } from '@delivery/telemetry/release';
import { type Source, sourceOf } from '../decide/lineage.ts';
import type { PipelineSnapshot, PromotionRecord } from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import { ATTRIBUTE } from './attributes.ts';
import { sourceAttributes } from './describe-source.ts';
import type { TraceScope } from './make-span.ts';

export interface TracedPromotion {
  traceId: string;
  /** What the release was built from; undefined where that is not known. */
  source: Source | undefined;
  pipeline: string;
  environment: string;
  release: Release;
  /** What comes before in the pipeline; undefined for a first environment. */
  predecessor: string | undefined;
  /** Of a release's own trace; a rollback, which has a trace of its own; or what a person committed. */
  kind: 'promotion' | 'rollback' | 'by hand';
}

/** `key` of every span of a promotion. */
export const promotionKey = ({ environment, release }: Pick<TracedPromotion, 'environment' | 'release'>): string =>
  environmentKey(environment, release.digest);

export function releaseScope(
  { traceId, source, pipeline, release }: Pick<TracedPromotion, 'traceId' | 'source' | 'pipeline' | 'release'>,
  nowMs: number,
): TraceScope {
  return {
    traceId,
    nowMs,
    common: {
      ...(source ? sourceAttributes(source.url, source.commit) : {}),
      [ATTRIBUTE.pipeline]: pipeline,
      [ATTRIBUTE.imageName]: release.image,
      [ATTRIBUTE.imageTags]: [release.tag],
      [ATTRIBUTE.artifactVersion]: release.tag,
      [ATTRIBUTE.digest]: release.digest,
    },
  };
}

export function promotionScope(promotion: TracedPromotion, nowMs: number): TraceScope {
  const { common, ...scope } = releaseScope(promotion, nowMs);
  return { ...scope, common: { ...common, [ATTRIBUTE.environment]: promotion.environment } };
}

/**
 * The trace of a release is its source commit's. Without a known commit there is none: undefined. A rollback, and what a person
 * commits, has a trace of its own, seeded with the config commit: the release's may be past its retention.
 */
export function tracedPromotion(
  snapshot: PipelineSnapshot,
  environment: string,
  release: Release,
  seed?: { kind: 'rollback' | 'by hand'; configUrl: string; commit: string },
): TracedPromotion | undefined {
  const source = sourceOf(snapshot.lineage, release);
  const found = snapshot.environments.find(({ declared }) => declared.name === environment);
  const about = { source, pipeline: snapshot.declared.name, environment, release };
  const predecessor = found?.declared.after[0];
  if (seed) {
    const traceId = releaseTraceId(seed.configUrl, seed.commit);
    return { ...about, traceId, predecessor, kind: seed.kind };
  }
  if (!source) return undefined;
  return { ...about, traceId: releaseTraceId(source.url, source.commit), predecessor, kind: 'promotion' };
}

/** What a record in Git says of the commit that brought the release. */
export function recordedPromotion(
  snapshot: PipelineSnapshot,
  record: PromotionRecord,
  configUrl: string,
): TracedPromotion | undefined {
  const seed = record.rollsBack ? ({ kind: 'rollback', configUrl, commit: record.commit } as const) : undefined;
  return tracedPromotion(snapshot, record.environment, record.release, seed);
}

/** The span of the promotion itself: the parent of its other spans. */
export const promoteSpanId = (promotion: TracedPromotion): string =>
  releaseSpanId(promotion.traceId, 'promote', promotionKey(promotion));

/**
 * What a promotion's first span hangs under: the promotion before it, or the publication. A rollback, and what a person commits, is the
 * root of its trace.
 */
export function parentSpanId(promotion: TracedPromotion): string | undefined {
  const { kind, predecessor, traceId, release } = promotion;
  if (kind !== 'promotion') return undefined;
  if (predecessor === undefined) return releaseSpanId(traceId, 'publish', release.digest);
  return promoteSpanId({ ...promotion, environment: predecessor });
}

/** The SERVER span of the commit that brought the release to the base branch. A person's push is the root of its trace. */
export function commitSpanId(promotion: TracedPromotion): string {
  return promotion.kind === 'by hand'
    ? releaseSpanId(promotion.traceId, 'push', '')
    : releaseSpanId(promotion.traceId, 'land', promotionKey(promotion));
}
