import { describe, expect, it } from 'vitest';
import { declare, environment, lineageOf, observed, release, sha, sourceCommit } from '../../test/fixtures.ts';
import { candidateFor } from './candidate.ts';
import type { EnvironmentSnapshot, Rollout } from './promotion.ts';
import type { Release } from './release.ts';

const [A, B, C] = [release('a'), release('b'), release('c')];
const stage = (name: string, ...after: string[]) => ({ name, after, manifest: `${name}.yaml` });
const pipeline = declare({ environments: [stage('eu'), stage('us'), stage('asia'), stage('prod', 'eu', 'us')] });

function forProd(...upstream: EnvironmentSnapshot[]) {
  return candidateFor(observed(pipeline, upstream), environment(pipeline, 'prod'), upstream);
}
const running = (name: string, runs: Release, rollout?: Rollout): EnvironmentSnapshot =>
  environment(pipeline, name, runs, rollout ? { rollout } : {});

describe('the candidate of a first environment', () => {
  const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'), sourceCommit('c', 'b', 'a'));
  const forFirst = (...candidates: Release[]) =>
    candidateFor(observed(pipeline, [], { candidates, lineage }), environment(pipeline, 'eu', A), []);

  it.each([
    ['the newest, in whatever order they came', [B, C, A], C],
    ['the newest that is eligible', [A, B, { ...C, tag: 'latest' }], B],
    ['the first of two that nothing orders', [B, { ...C, tag: 'main-11-9999999', commit: undefined }], B],
  ])('is %s', (_case, candidates, expected) => {
    expect(forFirst(...candidates)).toEqual({ release: expected });
  });

  it.each([
    ['nothing was published', []],
    [
      'nothing that was published is eligible',
      [
        { ...C, tag: 'latest' },
        { ...C, digest: '' },
      ],
    ],
  ])('is none when %s', (_case, candidates) => {
    expect(forFirst(...candidates)).toEqual({ release: undefined, reason: 'nothing newer was published' });
  });
});

describe('the candidate of a later environment', () => {
  it('is what all before it run healthily', () => {
    expect(forProd(running('eu', B), running('us', B))).toEqual({ release: B });
  });

  it('is known by its digest: the same image under two tags is one release', () => {
    const retagged = { ...B, tag: 'main-12-bbbbbbb' };

    expect(forProd(running('eu', B), running('us', retagged)).release?.digest).toBe(B.digest);
  });

  it.each<[string, EnvironmentSnapshot[], string]>([
    ['one of them runs nothing', [running('eu', B), environment(pipeline, 'us')], 'us runs no release yet'],
    ['they run different releases', [running('eu', B), running('us', C)], 'eu and us run different releases'],
    [
      'one is still rolling out',
      [running('eu', B), running('us', B, { state: 'progressing', reason: 'Argo CD is syncing' })],
      'us is progressing: Argo CD is syncing',
    ],
    [
      'one is degraded',
      [running('eu', B, { state: 'degraded', digest: B.digest, since: '', reason: 'crash loop' }), running('us', B)],
      'eu is degraded: crash loop',
    ],
    [
      'one cannot be seen',
      [running('eu', B, { state: 'unknown', reason: 'no cluster is configured' }), running('us', B)],
      'eu is unknown: no cluster is configured',
    ],
    [
      'one is healthy with what it ran before',
      [running('eu', B), running('us', B, { state: 'healthy', digest: A.digest, since: '' })],
      `us has not rolled out ${B.tag} yet`,
    ],
    [
      'one has a manifest that cannot be read',
      [environment(pipeline, 'eu', B, { image: { problem: 'is empty', line: 1 } }), running('us', B)],
      'eu runs no release yet',
    ],
    ['the snapshot has none of them', [], 'nothing is proven yet'],
  ])('is none when %s', (_case, upstream, reason) => {
    expect(forProd(...upstream)).toEqual({ release: undefined, reason });
  });

  it('names the first that stands in the way', () => {
    const broken = running('us', C, { state: 'progressing', reason: 'later' });

    expect(forProd(environment(pipeline, 'eu'), broken)).toMatchObject({ reason: 'eu runs no release yet' });
  });
});

describe('the candidate of a first environment', () => {
  const byCommit = declare({
    tags: String.raw`^main-(?<commit>[0-9a-f]{7})$`,
    environments: [{ name: 'dev', manifest: 'dev.yaml' }],
  });
  const built = (letter: string): Release => release(letter, { tag: `main-${letter.repeat(7)}` });
  const lineage = {
    ...lineageOf(sourceCommit('a'), sourceCommit('b', 'a'), sourceCommit('d')),
    comparisons: { [`${sha('a')}...${sha('d')}`]: 'diverged' as const },
  };
  const chosen = (...candidates: Release[]) => {
    const dev = environment(byCommit, 'dev', built('a'));
    return candidateFor(observed(byCommit, [dev], { candidates, lineage }), dev, []);
  };

  it('is what may replace what runs, before a build of a side branch that may not', () => {
    expect(chosen(built('d'), built('b'))).toEqual({ release: built('b') });
    expect(chosen(built('b'), built('d'))).toEqual({ release: built('b') });
  });

  it('is that build where it is all there is, so that it is said why it stays', () => {
    expect(chosen(built('d'))).toEqual({ release: built('d') });
  });
});
