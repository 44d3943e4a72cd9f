import { describe, expect, it } from 'vitest';
import { declare, environment, observed, pullRequest, record } from '../../test/fixtures.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import type { PipelineSnapshot } from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import { createRefusals, withoutRefused } from './refused-releases.ts';
import type { WantedCommit } from './source-commits.ts';

const { pipelines } = parsePromotionFile(
  'p.yaml',
  String.raw`pipelines: [{ name: todo, image: ghcr.io/acme/todo, source: acme/todo, tags: '^main-(?<number>\d+)-(?<commit>[0-9a-f]{7})$', environments: [{ name: dev, manifest: dev.yaml }] }]`,
);
const release = (tag: string): Release => ({
  image: 'ghcr.io/acme/todo',
  tag,
  digest: `sha256:${'a'.repeat(64)}`,
  commit: undefined,
});
const [real, forged] = [release('main-1-aaaaaaa'), release('main-99999-abcdef0')];
const snapshots = (candidates: Release[]): PipelineSnapshot[] =>
  pipelines.map((declared) => ({ declared, candidates, lineage: undefined, environments: [] }));

function start(load: (wanted: readonly WantedCommit[]) => Promise<void> = () => Promise.resolve()) {
  const warnings: string[] = [];
  const refusals = createRefusals({
    registry: { denied: () => Promise.resolve([]), isConfirmed: ({ tag }) => tag === real.tag },
    source: { load, isAbsent: (_repository, commit) => commit === 'abcdef0' },
    onWarning: (message) => void warnings.push(message),
  });
  return { refusals, warnings };
}

describe('a release is refused', () => {
  it('when its tag names a commit that the source repository does not have', async () => {
    const asked: string[] = [];
    const { refusals } = start((wanted) => {
      asked.push(...wanted.map(({ commit }) => commit));
      return Promise.resolve();
    });

    expect(await refusals.refused(snapshots([real, forged]))).toEqual([
      { kind: 'ignore', pipeline: 'todo', release: forged, reason: 'acme/todo has no commit abcdef0' },
    ]);
    expect(asked).toEqual(['aaaaaaa', 'abcdef0']);
  });

  it('for every pipeline of its image, and as what a branch proposes', async () => {
    const proposal = pullRequest({ record: record('dev', forged) });
    const eu = declare({ name: 'eu', environments: [{ name: 'dev', manifest: 'eu.yaml', promote: 'pull-request' }] });
    const us = declare({ name: 'us' });
    const snapshot = (declared: Pipeline, more: object): PipelineSnapshot =>
      observed(declared, [environment(declared, 'dev', real, more)], { candidates: [{ ...real }, { ...forged }] });
    const before = [snapshot(eu, { pullRequest: proposal }), snapshot(us, {})];
    const registry = {
      isConfirmed: () => false,
      denied: (all: readonly Release[]) =>
        Promise.resolve(
          all
            .filter(({ tag }) => tag === forged.tag)
            .map((one) => ({
              kind: 'ignore' as const,
              pipeline: undefined,
              release: one,
              reason: 'the registry denies it',
            })),
        ),
    };
    const source = { load: () => Promise.resolve(), isAbsent: () => false };

    const refused = await createRefusals({ registry, source, onWarning: () => undefined }).refused(before);
    const after = withoutRefused(before, refused);

    expect(refused).toHaveLength(1);
    expect(after.map(({ candidates }) => candidates)).toEqual([[real], [real]]);
    expect(after[0]?.environments[0]?.pullRequest).toMatchObject({
      record: undefined,
      foreign: { kind: 'altered', reason: 'the registry denies it' },
    });
  });

  it('and what the registry confirmed is marked: of two builds with one tag it is the later', () => {
    const [applied] = start().refusals.applied(snapshots([real, forged]), []);

    expect(applied?.candidates).toEqual([{ ...real, isConfirmed: true }, forged]);
  });

  it('is marked where only the pull request of a first environment still names it', () => {
    const proposal = pullRequest({ record: record('dev', real) });
    const declared = declare({ environments: [{ name: 'dev', manifest: 'dev.yaml', promote: 'pull-request' }] });
    const snapshot = observed(declared, [environment(declared, 'dev', forged, { pullRequest: proposal })], {});
    const [applied] = start().refusals.applied([snapshot], []);

    expect(applied?.environments[0]?.pullRequest?.record?.release).toEqual({ ...real, isConfirmed: true });
  });

  it('never because nobody could be asked', async () => {
    const { refusals, warnings } = start(() => Promise.reject(new Error('502')));

    expect(await refusals.refused(snapshots([real]))).toEqual([]);
    expect(warnings).toEqual(['commits of releases not looked for']);
  });

  it('at no cost where nothing waits', async () => {
    const { refusals } = start(() => Promise.reject(new Error('nothing is asked')));

    expect(await refusals.refused(snapshots([]))).toEqual([]);
  });
});
