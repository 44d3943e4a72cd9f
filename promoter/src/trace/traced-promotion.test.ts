import { environmentKey, releaseSpanId, releaseTraceId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_URL,
  declare,
  environment,
  lineageOf,
  observed,
  record,
  release,
  sha,
  SOURCE_URL,
  sourceCommit,
} from '../../test/fixtures.ts';
import {
  commitSpanId,
  parentSpanId,
  promoteSpanId,
  promotionScope,
  recordedPromotion,
  releaseScope,
  type TracedPromotion,
  tracedPromotion,
} from './traced-promotion.ts';

const B = release('b');
const pipeline = declare();
const read = observed(pipeline, [environment(pipeline, 'dev', B), environment(pipeline, 'prod', B)], {
  lineage: lineageOf(sourceCommit('b')),
});
const unread = { ...read, lineage: undefined };
const byHand = { kind: 'by hand', configUrl: CONFIG_URL, commit: sha('e') } as const;
const releaseTrace = releaseTraceId(SOURCE_URL, sha('b'));

function traced(name: string, seed?: Parameters<typeof tracedPromotion>[3], of = read): TracedPromotion {
  const promotion = tracedPromotion(of, name, B, seed);
  if (!promotion) throw new Error('the promotion has no trace');
  return promotion;
}

describe('the trace of a promotion', () => {
  it("is its source commit's, the same in every environment and however often it is asked for", () => {
    expect(traced('dev')).toEqual({
      traceId: releaseTrace,
      source: { url: SOURCE_URL, commit: sha('b'), committedAt: '2026-11-23T09:00:00Z' },
      pipeline: 'todo',
      environment: 'dev',
      release: B,
      predecessor: undefined,
      kind: 'promotion',
    });
    expect(traced('prod')).toEqual({ ...traced('dev'), environment: 'prod', predecessor: 'dev' });
    expect(traced('dev')).toEqual(traced('dev'));
  });

  it('is none where the commit is not known', () => {
    expect(tracedPromotion(unread, 'dev', B)).toBeUndefined();
    expect(tracedPromotion(read, 'dev', { ...B, commit: undefined })).toBeUndefined();
  });

  it.each(['rollback', 'by hand'] as const)(
    'is one of its own for the kind "%s", whether its commit is known or not',
    (kind) => {
      const seed = { ...byHand, kind };
      const own = releaseTraceId(CONFIG_URL, sha('e'));

      expect(traced('dev', seed)).toMatchObject({ traceId: own, kind, source: { commit: sha('b') } });
      expect(traced('dev', seed, unread)).toMatchObject({ traceId: own, kind, source: undefined });
    },
  );

  it('is what a record in Git says: a promotion, or a rollback by its own commit', () => {
    expect(recordedPromotion(read, record('prod', B), CONFIG_URL)).toEqual(traced('prod'));
    expect(recordedPromotion(read, record('prod', B, { rollsBack: release('c') }), CONFIG_URL)).toEqual(
      traced('prod', { ...byHand, kind: 'rollback' }),
    );
  });

  it('is there for an environment that is gone, which has nothing before it', () => {
    expect(traced('gone')).toMatchObject({ traceId: releaseTrace, predecessor: undefined });
  });
});

describe('the spans of a promotion', () => {
  const idOf = (role: Parameters<typeof releaseSpanId>[1], name: string): string =>
    releaseSpanId(releaseTrace, role, environmentKey(name, B.digest));

  it('hang under the publication in a first environment, then each under the promotion before it', () => {
    expect(parentSpanId(traced('dev'))).toBe(releaseSpanId(releaseTrace, 'publish', B.digest));
    expect(parentSpanId(traced('prod'))).toBe(idOf('promote', 'dev'));
    expect(promoteSpanId(traced('prod'))).toBe(idOf('promote', 'prod'));
    expect(promoteSpanId(traced('dev'))).toBe(parentSpanId(traced('prod')));
  });

  it.each(['rollback', 'by hand'] as const)('of the kind "%s" begin with a root', (kind) => {
    expect(parentSpanId(traced('prod', { ...byHand, kind }))).toBeUndefined();
  });

  it('continue from the commit on the base branch, or from the push of a person', () => {
    const pushed = traced('prod', byHand);

    expect(commitSpanId(traced('prod'))).toBe(idOf('land', 'prod'));
    expect(commitSpanId(pushed)).toBe(releaseSpanId(pushed.traceId, 'push', ''));
  });

  it('are other spans for another build of the same commit', () => {
    const rebuilt = { ...traced('dev'), release: release('c', { commit: sha('b') }) };

    expect(promoteSpanId(rebuilt)).not.toBe(promoteSpanId(traced('dev')));
  });
});

describe('what all spans say', () => {
  const common = {
    'vcs.repository.url.full': SOURCE_URL,
    'vcs.repository.name': 'todo',
    'vcs.owner.name': 'acme',
    'vcs.provider.name': 'github',
    'vcs.ref.head.revision': sha('b'),
    'promoter.pipeline': 'todo',
    'container.image.name': 'ghcr.io/acme/todo',
    'container.image.tags': [B.tag],
    'artifact.version': B.tag,
    'oci.manifest.digest': B.digest,
  };

  it('is the release, and in an environment also which', () => {
    expect(releaseScope(traced('dev'), 5)).toEqual({ traceId: releaseTrace, nowMs: 5, common });
    expect(promotionScope(traced('dev'), 5).common).toEqual({ ...common, 'deployment.environment.name': 'dev' });
  });

  it('has no source where that is not known', () => {
    const names = Object.keys(promotionScope(traced('dev', byHand, unread), 5).common);

    expect(names.filter((name) => name.startsWith('vcs.'))).toEqual([]);
    expect(names).toContain('oci.manifest.digest');
  });
});
