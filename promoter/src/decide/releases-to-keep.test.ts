import { describe, expect, it } from 'vitest';
import { parsePromotionFile } from './promotion-config.ts';
import type { Decision, PipelineSnapshot } from './promotion.ts';
import type { Release } from './release.ts';
import { parseTagPattern } from './tag-pattern.ts';
import { releasesToKeep } from './releases-to-keep.ts';

const declared = {
  ...parsePromotionFile(
    'p.yaml',
    'pipelines:\n  - name: todo\n    image: ghcr.io/acme/todo\n    tags: (?<number>\\d+)\n    environments: [{ name: dev, manifest: dev.yaml }]\n',
  ),
  isComplete: true,
};
const release = (number: number, image = 'ghcr.io/acme/todo'): Release => ({
  image,
  tag: `main-${number}`,
  digest: `sha256:${String(number).repeat(64)}`,
  commit: undefined,
});
const [one, two] = [release(1), release(2)];
const about = { pipeline: 'todo', environment: 'dev', reason: '' };
const proposal = { ...about, release: two, from: undefined, manifest: 'dev.yaml', gates: [], title: '', body: '' };
const hold = (held: Release | undefined): Decision => ({
  kind: 'hold',
  ...about,
  release: held,
  until: undefined,
  gates: [],
});

const ANY = parseTagPattern(String.raw`^main-(?<number>\d+)?`);
if (!('pattern' in ANY)) throw new Error(ANY.problem);
const ANY_TAG = ANY.pattern;
const DECIDED: PipelineSnapshot[] = declared.pipelines.map((pipeline) => ({
  declared: pipeline,
  candidates: [],
  lineage: undefined,
  environments: [],
}));

describe('a release is offered again', () => {
  it('while an environment holds it', () => {
    expect(releasesToKeep([one, two], [hold(two)], declared, DECIDED)).toEqual([two]);
  });

  it('while a pipeline may claim its image that is not known yet, and no longer', () => {
    const unclaimed = release(3, 'ghcr.io/acme/new');

    expect(releasesToKeep([one, unclaimed], [], { ...declared, isComplete: false }, DECIDED)).toEqual([unclaimed]);
    expect(releasesToKeep([one], [], { pipelines: [], isComplete: false }, DECIDED)).toEqual([one]);
    expect(releasesToKeep([one, unclaimed], [], declared, DECIDED)).toEqual([]);
  });

  it('while its pipeline was not decided about: another one rang, or its manifest is broken', () => {
    expect(releasesToKeep([one, two], [], declared, [])).toEqual([one, two]);
    expect(releasesToKeep([one, two], [], declared, DECIDED)).toEqual([]);
  });

  it.each<Decision>([
    { kind: 'propose', ...proposal },
    { kind: 'update', ...proposal, number: 7 },
    { kind: 'describe', ...about, release: two, number: 7, title: '', body: '', gates: [], until: undefined },
    {
      kind: 'merge',
      ...about,
      release: two,
      from: undefined,
      number: 7,
      headOid: '',
      approvedBy: [],
      by: 'squash',
      body: '',
    },
  ])('while its pull request is not merged: $kind', (decision) => {
    expect(releasesToKeep([one, two], [decision], declared, DECIDED)).toEqual([two]);
  });

  it('no more once it was promoted, ignored or overtaken', () => {
    const promote: Decision = { kind: 'promote', ...about, release: one, from: undefined, manifest: 'dev.yaml' };
    const ignore: Decision = { kind: 'ignore', pipeline: 'todo', release: two, reason: 'its tag does not match' };

    expect(releasesToKeep([one, two], [promote, ignore, hold(undefined)], declared, DECIDED)).toEqual([]);
  });

  it('while it may be newer than what was decided about: nothing orders the two, or what is newer was rolled back', () => {
    const three = release(3);
    const unordered: Release = { ...three, tag: 'main-x' };
    const byCommit = DECIDED.map((snapshot) => ({ ...snapshot, declared: { ...snapshot.declared, tags: ANY_TAG } }));
    const all = { pipelines: byCommit.map((snapshot) => snapshot.declared), isComplete: true };
    const rollBack: Decision = {
      kind: 'roll back',
      ...about,
      release: one,
      from: two,
      manifest: 'dev.yaml',
      failedAt: '',
    };

    expect(releasesToKeep([one, two, three], [rollBack], declared, DECIDED)).toEqual([three]);
    expect(releasesToKeep([two, unordered], [hold(two)], all, byCommit)).toEqual([two, unordered]);
  });
});
