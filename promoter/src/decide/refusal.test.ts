import { describe, expect, it } from 'vitest';
import { declare, environment, lineageOf, observed, record, release, sha, sourceCommit } from '../../test/fixtures.ts';
import type { Lineage } from './lineage.ts';
import type { EnvironmentSnapshot } from './promotion.ts';
import { whyRefused } from './refusal.ts';
import type { Release } from './release.ts';

const [A, B, C] = [release('a'), release('b'), release('c')];
/** Its commit was read of nothing, and its tag has no number. */
const apart: Release = { ...release('d'), tag: 'v1', commit: undefined };
/** GitHub says that its commit and B's have diverged. */
const other = release('f');
const pipeline = declare();
const lineage: Lineage = {
  ...lineageOf(sourceCommit('a'), sourceCommit('b', 'a'), sourceCommit('c', 'b', 'a'), sourceCommit('f')),
  comparisons: { [`${sha('b')}...${sha('f')}`]: 'diverged' },
};

/** @param brought what the last commit of the promoter brought; what runs may be another. */
function refused(
  candidate: Release,
  runs: Release | undefined,
  brought = runs,
  more: Partial<EnvironmentSnapshot> = {},
) {
  const target = environment(pipeline, 'dev', runs, { record: brought && record('dev', brought), ...more });
  return whyRefused(observed(pipeline, [], { lineage }), target, candidate, runs);
}

describe('a release', () => {
  it.each<[string, Release, Release | undefined]>([
    ['it is newer than what runs', B, A],
    ['nothing runs', A, undefined],
    ['nothing runs, and nothing is known of its commit', apart, undefined],
  ])('is not refused where %s', (_case, candidate, runs) => {
    expect(refused(candidate, runs)).toBeUndefined();
  });

  it.each<[string, string, Partial<Release>, string | undefined]>([
    ['is a newer build of it where the registry says so', 'dev', { isConfirmed: true }, undefined],
    [
      'is refused where the registry does not say so',
      'dev',
      {},
      `${A.tag} was pushed again, and the registry does not say which build is the later`,
    ],
    [
      'is refused where its commit is another',
      'dev',
      { isConfirmed: true, commit: sha('c') },
      `${A.tag} was pushed again, and not known to be of the same commit; publish it with a tag of its own`,
    ],
    ['is a newer build of it where an environment before runs it', 'prod', {}, undefined],
  ])('with the tag of what runs and another digest %s (argocd-image-updater#174)', (_case, name, more, reason) => {
    const target = environment(pipeline, name, A);
    const again = { ...A, digest: B.digest, ...more };

    expect(whyRefused(observed(pipeline, [], { lineage }), target, again, A)).toBe(reason);
  });

  it.each<[string, Release, Release, string]>([
    ['older', A, B, `${A.tag} is older than ${B.tag}, which runs`],
    ['of unknown age', apart, B, `it is not known whether v1 is newer than ${B.tag}, which runs`],
    ['of another line', other, B, `${other.tag} does not descend from ${B.tag}, which runs`],
  ])('is refused where it is %s', (_case, candidate, runs, reason) => {
    expect(refused(candidate, runs)).toBe(reason);
  });
});

describe('a release, where the manifest names a tag without a digest,', () => {
  it.each<[string, Release, string, string | undefined]>([
    ['refused where it is older', A, B.tag, `${A.tag} is older than ${B.tag}, which the manifest names`],
    ['not where it is newer', C, B.tag, undefined],
    ['not where it is the tag itself, which gets its digest', B, B.tag, undefined],
    ['not where the tag is of no release', A, 'unreleased', undefined],
    ['not where there is no tag', A, '', undefined],
  ])('is %s', (_case, candidate, tag, reason) => {
    expect(refused(candidate, undefined, undefined, { image: { tag, digest: '' } })).toBe(reason);
  });
});

describe('a release that people declined', () => {
  const declined = [
    { digest: A.digest, number: 4, by: 'rene' },
    { digest: C.digest, number: 5, by: 'dana' },
  ];

  it('is refused with who declined it, however new it is; the next one is not', () => {
    expect(refused(C, B, B, { declined })).toBe(`${C.tag} was declined by dana in #5; waits for a newer release`);
    expect(refused(B, A, A, { declined })).toBeUndefined();
  });
});

describe('a release after a rollback', () => {
  const afterRollback = { record: record('dev', A, { rollsBack: B }) };

  it.each<[string, Release, string | undefined]>([
    ['what was rolled back', B, `${B.tag} was rolled back; waits for a newer release`],
    ['what came before that', A, `${B.tag} was rolled back; waits for a newer release`],
    ['what nothing relates to it', apart, `${B.tag} was rolled back; waits for a newer release`],
    ['what is newer', C, undefined],
  ])('is refused unless it is newer: %s', (_case, candidate, reason) => {
    expect(refused(candidate, A, A, afterRollback)).toBe(reason);
  });
});

describe('after a person replaced a release, the next', () => {
  it.each<[string, Release, Release | undefined, Release, string | undefined]>([
    [
      'what the person took away',
      B,
      A,
      B,
      `${B.tag} was replaced by hand with ${A.tag}; waits for a release newer than it`,
    ],
    [
      'what is newer than what runs, but not than what the person took away',
      B,
      A,
      C,
      `${C.tag} was replaced by hand with ${A.tag}; waits for a release newer than it`,
    ],
    [
      'what the person took away, and nothing runs',
      A,
      undefined,
      A,
      `${A.tag} was replaced by hand with nothing; waits for a release newer than it`,
    ],
    ['what is newer than what the person took away', C, A, B, undefined],
    ['what is newer than it, beside a build of which nothing is known', C, apart, B, undefined],
    ['what is newer than it, but older than what runs', B, C, A, `${B.tag} is older than ${C.tag}, which runs`],
  ])('waits for what is newer: %s', (_case, candidate, runs, brought, reason) => {
    expect(refused(candidate, runs, brought)).toBe(reason);
  });
});
