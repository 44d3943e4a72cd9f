// One release's passage into one environment: which trace it belongs to, and what all its spans say.
import { environmentKey, releaseSpanId, releaseTraceId } from '@delivery/telemetry/release';
import type { PipelineSnapshot, PromotionRecord, Release } from '../decide/promotion.ts';
import { ATTRIBUTE } from './attributes.ts';
import { sourceAttributes } from './describe-source.ts';
import type { TraceScope } from './trace-scope.ts';

export interface Passage {
  traceId: string;
  /** Of the source repository, and the commit it was built from; undefined where nobody knows. */
  source: { url: string; commit: string } | undefined;
  pipeline: string;
  environment: string;
  release: Release;
  /** What comes before in the pipeline; undefined for a first environment. */
  predecessor: string | undefined;
  /** A release's own way, a way back in a trace of its own, or what a person committed. */
  kind: 'promotion' | 'rollback' | 'by hand';
}

/** `key` of every span of the passage. */
export const passageKey = ({ environment, release }: Pick<Passage, 'environment' | 'release'>): string =>
  environmentKey(environment, release.digest);

export function releaseScope(
  { traceId, source, pipeline, release }: Pick<Passage, 'traceId' | 'source' | 'pipeline' | 'release'>,
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

export function passageScope(passage: Passage, nowMs: number): TraceScope {
  const { common, ...scope } = releaseScope(passage, nowMs);
  return { ...scope, common: { ...common, [ATTRIBUTE.environment]: passage.environment } };
}

function sourceOf({ lineage }: PipelineSnapshot, release: Release): Passage['source'] {
  if (!lineage) return undefined;
  const known = lineage.commits[release.commit ?? '']?.sha;
  const commit = known ?? (/^[0-9a-f]{40}$/.test(release.commit ?? '') ? release.commit : undefined);
  return commit ? { url: lineage.url, commit } : undefined;
}

/**
 * The trace of a release is its source commit's. Without a known commit there is none: undefined. What goes back begins a trace of its
 * own, seeded with the config commit: the release's may be past its retention.
 */
export function passageOf(
  snapshot: PipelineSnapshot,
  environment: string,
  release: Release,
  seed?: { kind: 'rollback' | 'by hand'; configUrl: string; commit: string },
): Passage | undefined {
  const source = sourceOf(snapshot, release);
  const found = snapshot.environments.find((candidate) => candidate.environment.name === environment);
  const about = { source, pipeline: snapshot.pipeline.name, environment, release };
  const predecessor = found?.environment.after[0];
  if (seed) {
    const traceId = releaseTraceId(seed.configUrl, seed.commit);
    return { ...about, traceId, predecessor, kind: seed.kind };
  }
  if (!source) return undefined;
  return { ...about, traceId: releaseTraceId(source.url, source.commit), predecessor, kind: 'promotion' };
}

/** What a record in Git says of the commit that brought the release. */
export function passageOfRecord(
  snapshot: PipelineSnapshot,
  record: PromotionRecord,
  configUrl: string,
): Passage | undefined {
  const seed = record.rollsBack ? ({ kind: 'rollback', configUrl, commit: record.commit } as const) : undefined;
  return passageOf(snapshot, record.environment, record.release, seed);
}

/** The span that a passage's promotion is: what its other spans hang under. */
export const promoteSpanId = (passage: Passage): string =>
  releaseSpanId(passage.traceId, 'promote', passageKey(passage));

/** The SERVER span of the commit that brought the release to the base branch. A person's push is the root of its trace. */
export function landingSpanId(passage: Passage): string {
  return passage.kind === 'by hand'
    ? releaseSpanId(passage.traceId, 'push', '')
    : releaseSpanId(passage.traceId, 'land', passageKey(passage));
}
