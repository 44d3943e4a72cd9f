// What GitHub says of repositories -> hops. Repositories that no pipeline names are left out.
import { releaseSpanId, releaseTraceId, runKey, type SpanRecord } from '@delivery/telemetry/release';
import { commitOfTag } from '../decide/order-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Release } from '../decide/release.ts';
import { isSameRepository, type Repository } from '../decide/repository.ts';
import { SERVICE } from '../trace/attributes.ts';
import { describePublication } from '../trace/describe-promotion.ts';
import { describeJob, describePush, describeRun, jobSpanId } from '../trace/describe-source.ts';
import type { PublishedFact, PushFact, SourceFact } from '../trace/facts.ts';
import type { PushedSource, ReleaseMemory } from './release-memory.ts';

export interface SourceHopsDeps {
  memory: ReleaseMemory;
  pipelines(): readonly Pipeline[];
  configRepository: Repository;
}

export interface SourceHops {
  hopsOf(fact: SourceFact): SpanRecord[][];
  publication(pipeline: string, release: Release, source: PushedSource, receivedMs: number): SpanRecord[];
}

export function createSourceHops({ memory, pipelines, configRepository }: SourceHopsDeps): SourceHops {
  const isSource = (repository: Repository): boolean => {
    const known = pipelines();
    return known.length === 0 || known.some(({ source }) => source && isSameRepository(source, repository));
  };

  function publication(pipeline: string, release: Release, source: PushedSource, receivedMs: number): SpanRecord[] {
    const traceId = releaseTraceId(source.url, source.commit);
    const promotion = { traceId, source: { ...source, committedAt: undefined }, pipeline, release };
    return describePublication(promotion, { receivedMs, parent: memory.builderOf(traceId) });
  }

  function ofPublished({ image, tag, digest, receivedMs }: PublishedFact): SpanRecord[][] {
    memory.published(digest, receivedMs);
    return pipelines().flatMap((pipeline) => {
      if (pipeline.image !== image || !pipeline.source) return [];
      const commit = commitOfTag(tag, pipeline);
      if (commit === undefined) return [];
      const source = memory.sourceOf(pipeline.source, commit);
      return source ? [publication(pipeline.name, { image, tag, digest, commit: undefined }, source, receivedMs)] : [];
    });
  }

  /** What a person commits to the config repository begins a trace of its own. */
  function ofConfigPush(fact: PushFact): SpanRecord[][] {
    const isByHand = fact.commits.some(({ sha, isPromotion }) => sha === fact.commit && !isPromotion);
    return isByHand ? [describePush(fact, SERVICE.config)] : [];
  }

  return {
    publication,
    hopsOf(fact) {
      if (fact.kind === 'published') return ofPublished(fact);
      const { repository, repositoryUrl: url, commit } = fact;
      if (fact.kind === 'pushed' && isSameRepository(repository, configRepository)) return ofConfigPush(fact);
      if (!isSource(repository)) return [];
      const traceId = releaseTraceId(url, commit);
      switch (fact.kind) {
        case 'pushed':
          memory.pushed(repository, { url, commit });
          return [describePush(fact)];
        case 'run completed':
          memory.builds(traceId, releaseSpanId(traceId, 'run', runKey(fact.runId, fact.attempt)));
          return [describeRun(fact)];
        case 'job started':
        case 'job completed':
          memory.builds(traceId, jobSpanId(traceId, fact));
          return [describeJob(fact)];
      }
    },
  };
}
