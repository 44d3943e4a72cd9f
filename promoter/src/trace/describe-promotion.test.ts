import { releaseSpanId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_URL,
  declare,
  environment,
  lineageOf,
  observed,
  release,
  sha,
  sourceCommit,
} from '../../test/fixtures.ts';
import {
  describeCommit,
  describeEnding,
  describeOpenedPullRequest,
  describePublication,
  type PromotionCommit,
} from './describe-promotion.ts';
import {
  commitSpanId,
  parentSpanId,
  promoteSpanId,
  type TracedPromotion,
  tracedPromotion,
} from './traced-promotion.ts';

const B = release('b');
const pipeline = declare();
const read = observed(pipeline, [environment(pipeline, 'dev'), environment(pipeline, 'prod')], {
  lineage: lineageOf(sourceCommit('b')),
});
function traced(name: string, kind?: 'rollback' | 'by hand', of = B): TracedPromotion {
  const promotion = tracedPromotion(read, name, of, kind && { kind, configUrl: CONFIG_URL, commit: sha('e') });
  if (!promotion) throw new Error('the promotion has no trace');
  return promotion;
}
const committed: PromotionCommit = {
  causeMs: 1_000,
  startedMs: 5_000,
  committedMs: 6_000,
  commit: sha('e'),
  reason: 'the image was published',
  pullRequest: undefined,
  approvedBy: [],
  soaks: false,
};
const brief = (spans: ReturnType<typeof describeCommit>) =>
  spans.map(({ role, service, kind, startMs, endMs }) => [role, service, kind, startMs, endMs]);

describe('a publication', () => {
  const published = describePublication(traced('dev'), { receivedMs: 7_000, parent: undefined });

  it('is an arrow from the job that pushed to the registry, at the moment at which it was announced', () => {
    expect(brief(published)).toEqual([
      ['push image', 'github-actions', 'CLIENT', 7_000, 7_000],
      ['publish', 'ghcr', 'SERVER', 7_000, 7_000],
    ]);
    expect(published[1]).toMatchObject({
      name: 'publish acme/todo',
      spanId: releaseSpanId(traced('dev').traceId, 'publish', B.digest),
      attributes: { 'artifact.purl': `pkg:oci/todo@${B.digest}?tag=${B.tag}` },
    });
  });

  it('hangs under what built it, or else under the push', () => {
    const [client] = describePublication(traced('dev'), { receivedMs: 7_000, parent: 'the job' });

    expect(client?.parentSpanId).toBe('the job');
    expect(published[0]?.parentSpanId).toBe(releaseSpanId(traced('dev').traceId, 'push', ''));
  });
});

describe('a promotion that was committed', () => {
  it('to a first environment is caused by the registry, and a commit to the config repository', () => {
    const spans = describeCommit(traced('dev'), committed);

    expect(brief(spans)).toEqual([
      ['deliver', 'ghcr', 'CLIENT', 1_000, 6_000],
      ['promote', 'promoter', 'SERVER', 1_000, 6_000],
      ['commit', 'promoter', 'CLIENT', 5_000, 6_000],
      ['land', 'gitops-config', 'SERVER', 5_000, 6_000],
    ]);
    expect(spans[0]?.parentSpanId).toBe(parentSpanId(traced('dev')));
    expect(spans[2]?.parentSpanId).toBe(promoteSpanId(traced('dev')));
    expect(spans[3]?.spanId).toBe(commitSpanId(traced('dev')));
  });

  it.each<[string, TracedPromotion, string]>([
    ['to a later environment', traced('prod'), 'promote prod'],
    ['as a rollback', traced('dev', 'rollback'), 'roll back dev'],
  ])('%s has no caller outside', (_case, promotion, name) => {
    const [promote, ...rest] = describeCommit(promotion, committed);

    expect(promote).toMatchObject({ role: 'promote', kind: 'INTERNAL', name, parentSpanId: parentSpanId(promotion) });
    expect(rest.map(({ role }) => role)).toEqual(['commit', 'land']);
  });

  it('says why, by which commit, and where it was merged by whom', () => {
    const pullRequest = { number: 7, url: `${CONFIG_URL}/pull/7`, openedMs: 2_000 };
    const spans = describeCommit(traced('prod'), { ...committed, pullRequest, approvedBy: ['rene', 'ria'] });

    expect(spans.find(({ role }) => role === 'land')).toMatchObject({
      name: 'merge pull request',
      attributes: {
        'promoter.reason': 'the image was published',
        'promoter.config.commit': sha('e'),
        'promoter.outcome': 'promoted',
        'promoter.approved_by': ['rene', 'ria'],
        'vcs.change.id': '7',
        'vcs.change.state': 'merged',
        'url.full': `${CONFIG_URL}/pull/7`,
      },
    });
    const [direct] = describeCommit(traced('prod'), committed);
    expect(Object.keys(direct?.attributes ?? {}).filter((name) => name.startsWith('vcs.change'))).toEqual([]);
    expect(direct?.attributes).not.toHaveProperty('promoter.approved_by');
  });

  const pull = (openedMs: number | undefined) => ({ number: 7, url: undefined, openedMs });
  it.each<[string, Partial<PromotionCommit>, unknown[][]]>([
    ['nothing where nothing is asked for', {}, []],
    ['the soak until the promoter began to act', { soaks: true }, [['soak', 1_000, 5_000]]],
    [
      'the approval since the pull request was open',
      { pullRequest: pull(2_000), approvedBy: ['rene'] },
      [['approval', 2_000, 5_000]],
    ],
    [
      'the soak, and then the approval',
      { soaks: true, pullRequest: pull(3_000), approvedBy: ['rene'] },
      [
        ['soak', 1_000, 3_000],
        ['approval', 3_000, 5_000],
      ],
    ],
    [
      'no soak before its cause, where the pull request was open earlier',
      { soaks: true, pullRequest: pull(500), approvedBy: ['rene'] },
      [
        ['soak', 1_000, 1_000],
        ['approval', 1_000, 5_000],
      ],
    ],
    [
      'the approval of this release only, where the pull request was open for the one before',
      { pullRequest: pull(-900_000), approvedBy: ['rene'] },
      [['approval', 1_000, 5_000]],
    ],
    ['no approval where nobody approved', { pullRequest: pull(2_000) }, []],
    ['no approval since a time that is not known', { pullRequest: pull(undefined), approvedBy: ['rene'] }, []],
  ])('waited for %s', (_case, more, waits) => {
    const spans = describeCommit(traced('prod'), { ...committed, ...more });
    const found = spans.filter(({ role }) => role === 'soak' || role === 'approval');

    expect(found.map(({ role, startMs, endMs }) => [role, startMs, endMs])).toEqual(waits);
    expect(found.every(({ parentSpanId: parent }) => parent === promoteSpanId(traced('prod')))).toBe(true);
  });
});

describe('a pull request that was opened', () => {
  it('is an arrow that ends at once, under the promotion before: its own may end in days', () => {
    const opening = { startedMs: 1_000, openedMs: 2_000, number: 7, title: 'promote(todo): prod', url: undefined };
    const spans = describeOpenedPullRequest(traced('prod'), opening);

    expect(brief(spans)).toEqual([
      ['open pull request', 'promoter', 'CLIENT', 1_000, 2_000],
      ['pull request', 'gitops-config', 'SERVER', 1_000, 2_000],
    ]);
    expect(spans[0]?.parentSpanId).toBe(promoteSpanId(traced('dev')));
    expect(spans[0]?.attributes).toMatchObject({
      'vcs.change.id': '7',
      'vcs.change.state': 'open',
      'vcs.change.title': 'promote(todo): prod',
    });
    expect(spans[0]?.attributes).not.toHaveProperty('url.full');
  });
});

describe('a promotion that ended without a merge, or after it,', () => {
  const ending = { openedMs: 1_000, endedMs: 9_000, reason: 'why', by: undefined };

  it('was superseded: its promotion from the opening to the end, linked to what took its place', () => {
    const by = traced('prod', undefined, release('c', { commit: sha('b') }));

    expect(describeEnding(traced('prod'), { ...ending, outcome: 'superseded', by })).toMatchObject([
      {
        role: 'promote',
        spanId: promoteSpanId(traced('prod')),
        parentSpanId: promoteSpanId(traced('dev')),
        startMs: 1_000,
        endMs: 9_000,
        attributes: { 'promoter.outcome': 'superseded', 'promoter.reason': 'why' },
        links: [{ traceId: by.traceId, spanId: promoteSpanId(by) }],
      },
    ]);
  });

  it('was closed: nothing took its place', () => {
    expect(describeEnding(traced('prod'), { ...ending, outcome: 'closed' })).toMatchObject([
      { name: 'promote prod', links: [] },
    ]);
  });

  it('was rolled back: a span of its own under its commit, beside the promotion that is recorded already', () => {
    const [span] = describeEnding(traced('dev'), { ...ending, outcome: 'rolled back', by: traced('dev', 'rollback') });

    expect(span).toMatchObject({ role: 'supersede', name: 'rolled back', parentSpanId: commitSpanId(traced('dev')) });
    expect(span?.spanId).not.toBe(promoteSpanId(traced('dev')));
    expect(span?.links).toHaveLength(1);
  });
});
