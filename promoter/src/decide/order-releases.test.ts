import { describe, expect, it } from 'vitest';
import { declare, digestOf, lineageOf, release, sha, sourceCommit } from '../../test/fixtures.ts';
import type { Lineage } from './lineage.ts';
import {
  commitName,
  commitOfTag,
  newest,
  relate,
  relateByCommits,
  type Relation,
  whyIneligible,
} from './order-releases.ts';
import type { Release } from './release.ts';

const [A, B, C] = [release('a'), release('b'), release('c')];
const pipeline = declare();

describe('a release', () => {
  it.each<[string, Partial<Release>, string | undefined]>([
    ['eligible', {}, undefined],
    ['another image', { image: 'ghcr.io/acme/other' }, 'it is ghcr.io/acme/other, not ghcr.io/acme/todo'],
    ['no digest', { digest: '' }, 'its digest is not known'],
    ['a cut digest', { digest: 'sha256:abc' }, 'its digest is not known'],
    ['a signature', { tag: `sha256-${'a'.repeat(64)}.sig` }, 'it is a signature or attestation artefact'],
    ['an attestation index', { tag: `sha256-${'a'.repeat(64)}` }, 'it is a signature or attestation artefact'],
    ['no tag', { tag: '' }, `its tag (none) does not match ${pipeline.tags.source}`],
    ['a tag of another pattern', { tag: 'v1' }, `its tag v1 does not match ${pipeline.tags.source}`],
  ])('may be promoted, or there is a reason: %s', (_case, more, reason) => {
    expect(whyIneligible({ ...A, ...more }, pipeline)).toBe(reason);
  });

  it('is known by its whole commit, or else by the one that its tag names', () => {
    expect(commitName(A, pipeline)).toBe(sha('a'));
    expect(commitName({ ...A, commit: undefined }, pipeline)).toBe('aaaaaaa');
    expect(commitOfTag('v1', pipeline)).toBeUndefined();
    expect(commitOfTag(A.tag, declare({ tags: '^main-(?<number>[0-9]+)' }))).toBeUndefined();
  });
});

describe('by commits,', () => {
  const short = (one: Release): Release => ({ ...one, commit: undefined });
  const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'));
  const named: Lineage = { ...lineage, commits: { ...lineage.commits, bbbbbbb: sourceCommit('b', 'a') } };
  const comparing = (answer: Lineage['comparisons'][string]): Lineage => ({
    ...lineageOf(sourceCommit('b'), sourceCommit('c')),
    comparisons: { [`${sha('b')}...${sha('c')}`]: answer },
  });

  it.each<[string, Relation, Release, Release, Lineage | undefined]>([
    ['what has the other in its history', 'newer', B, A, lineage],
    ['what is in the history of the other', 'older', A, B, lineage],
    ['what has the short name of the other in its history', 'newer', B, short(A), lineage],
    ['what is in the history of what a short name means', 'older', A, short(B), named],
    ['one commit beside itself', 'same', A, A, lineage],
    ['one commit beside its short name, which nothing knows', 'same', A, short(A), lineage],
    ['one commit beside its short name, which the lineage knows', 'same', B, short(B), named],
    ['what GitHub says is ahead', 'newer', C, B, comparing('ahead')],
    ['what GitHub says is behind', 'older', C, B, comparing('behind')],
    ['what GitHub says is identical', 'same', C, B, comparing('identical')],
    ['what GitHub says has diverged', 'unrelated', C, B, comparing('diverged')],
    ['what neither history holds, and nobody compared', 'unknown', B, C, comparing('ahead')],
    ['a commit that nothing was read of', 'unknown', C, A, lineage],
    ['anything without a lineage', 'unknown', B, A, undefined],
    ['anything without a commit', 'unknown', { ...B, tag: 'v1', commit: undefined }, A, lineage],
  ])('%s is %s', (_case, relation, one, other, known) => {
    expect(relateByCommits(one, other, pipeline, known)).toBe(relation);
  });

  it('an older commit stays older, whatever its number says', () => {
    expect(relate({ ...A, tag: 'main-99-aaaaaaa' }, B, pipeline, lineage)).toBe('older');
  });

  it('builds of one commit are left to their tags', () => {
    const again = { ...A, tag: 'main-11-aaaaaaa', digest: digestOf('d') };

    expect(relate(again, A, pipeline, lineage)).toBe('newer');
    expect(relate(A, again, pipeline, lineage)).toBe('older');
    expect(relate({ ...again, digest: A.digest }, A, pipeline, lineage)).toBe('same');
  });
});

describe('by tags,', () => {
  const tagged = (tag: string, letter: string): Release => ({ ...release(letter), tag, commit: undefined });

  it.each<[order: string, group: string, one: string, other: string, Relation]>([
    ['number', '\\d+', '10', '9', 'newer'],
    ['number', '\\d+', '9007199254740992', '9007199254740993', 'older'],
    ['number', '\\d+', '90071992547409930000000002', '90071992547409930000000001', 'newer'],
    ['number', '\\d+', '007', '7', 'unrelated'],
    ['number', '[a-z0-9]+', 'abc', '7', 'unknown'],
    ['timestamp', '[0-9T.Z-]+', '2026-11-23T10-00-00Z', '2026-11-23T09-59-59Z', 'newer'],
    ['timestamp', '\\d+', '20261123100000123', '20261123100000124', 'older'],
    ['semver', '\\S+', '1.10.0', '1.9.0', 'newer'],
    ['semver', '\\S+', '2.0.0', '2.0.0-rc.10', 'newer'],
    ['semver', '\\S+', '2.0.0-rc.2', '2.0.0-rc.10', 'older'],
    ['semver', '\\S+', '2.0.0-alpha', '2.0.0-beta', 'older'],
    ['semver', '\\S+', 'v2.0.0', '1.0.0', 'newer'],
    ['semver', '\\S+', '2.0.0+one', '2.0.0+two', 'unrelated'],
    ['semver', '\\S+', '2.0', '1.0.0', 'unknown'],
    ['semver', '\\S+', '9007199254740993.0.0', '1.0.0', 'unknown'],
  ])('as %s (%s), %s beside %s is %s', (order, group, one, other, relation) => {
    const ordered = declare({ source: undefined, order, tags: `^(?<${order}>${group})$` });

    expect(relate(tagged(one, 'a'), tagged(other, 'b'), ordered, undefined)).toBe(relation);
  });

  it('nothing is known where the pattern has no group for the order', () => {
    const unordered = declare({ tags: '^main-[0-9]+' });

    expect(relate(tagged('main-2', 'a'), tagged('main-1', 'b'), unordered, undefined)).toBe('unknown');
  });
});

describe('the newest of several', () => {
  const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'), sourceCommit('c', 'b', 'a'));
  const apart = { ...release('d'), tag: 'v1', commit: undefined };

  it.each<[string, Release[], Release | undefined]>([
    ['of none is none', [], undefined],
    ['is found whatever their order', [B, C, A], C],
    ['is the first of those that nothing orders', [apart, C], apart],
    ['is the first beside what nothing orders', [C, apart], C],
  ])('%s', (_case, releases, expected) => {
    expect(newest(releases, pipeline, lineage)).toBe(expected);
  });
});

describe('two builds with one tag', () => {
  const rebuilt: Release = { ...release('a'), digest: release('b').digest };

  it('are ordered by what the registry says the tag is now, and by nothing else', () => {
    const confirmed: Release = { ...rebuilt, isConfirmed: true };

    expect(relate(confirmed, release('a'), declare(), undefined)).toBe('newer');
    expect(relate(release('a'), confirmed, declare(), undefined)).toBe('older');
    expect(relate(rebuilt, release('a'), declare(), undefined)).toBe('unrelated');
  });
});
