// Which question comes first: each case below would be decided otherwise if the next question were asked before it.
import { describe, expect, it } from 'vitest';
import {
  declare,
  environment,
  lineageOf,
  observed,
  pullRequest,
  record,
  release,
  sourceCommit,
  MERGING,
} from '../../test/fixtures.ts';
import { decideEnvironment } from './decide-environment.ts';
import { withdrawnBody } from './describe-change.ts';
import type { EnvironmentDecision, EnvironmentSnapshot, Snapshot } from './promotion.ts';
import type { Release } from './release.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const [A, B, C] = [release('a'), release('b'), release('c')];
const pipeline = declare({
  environments: [
    { name: 'dev', manifest: 'dev.yaml', rollback: { within: '1h' } },
    { name: 'prod', after: ['dev'], manifest: 'prod.yaml', promote: 'pull-request' },
  ],
});
const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'), sourceCommit('c', 'b', 'a'));
const frozen: Snapshot['freezes'] = [{ environments: ['*'], reason: 'sales', until: '2026-11-24T00:00:00Z' }];

interface World {
  dev?: EnvironmentSnapshot;
  prod?: EnvironmentSnapshot;
  candidates?: Release[];
  freezes?: Snapshot['freezes'];
}
function decideFor(name: 'dev' | 'prod', { candidates = [], freezes = [], ...given }: World): EnvironmentDecision {
  const world = { dev: given.dev ?? environment(pipeline, 'dev'), prod: given.prod ?? environment(pipeline, 'prod') };
  const snapshot = observed(pipeline, [world.dev, world.prod], { candidates, lineage });
  return decideEnvironment({ freezes, merging: MERGING }, snapshot, world[name], NOW);
}
const runs = (name: string, brought: Release, more: Partial<EnvironmentSnapshot> = {}): EnvironmentSnapshot =>
  environment(pipeline, name, brought, more);

describe('an environment', () => {
  it('is rolled back before anything else is asked, a newer release and a freeze included', () => {
    const rollout = { state: 'degraded', digest: B.digest, since: '2026-11-23T10:05:00Z', reason: 'crash' } as const;
    const dev = runs('dev', B, { rollout, previous: A });

    expect(decideFor('dev', { dev, candidates: [C], freezes: frozen })).toMatchObject({
      kind: 'roll back',
      release: A,
    });
  });

  it('says why a release is refused rather than that it is frozen', () => {
    const dev = runs('dev', B, { declined: [{ digest: C.digest, number: 5, by: 'dana' }] });

    expect(decideFor('dev', { dev, candidates: [C], freezes: frozen })).toMatchObject({
      kind: 'hold',
      reason: expect.stringContaining('declined by dana in #5') as string,
    });
  });

  it('is held by a freeze, which is a gate with an end', () => {
    const freeze = { name: 'freeze', isMet: false, text: 'frozen until 2026-11-24T00:00:00Z: sales' };

    expect(decideFor('dev', { dev: runs('dev', B), candidates: [C], freezes: frozen })).toEqual({
      kind: 'hold',
      pipeline: 'todo',
      environment: 'dev',
      reason: freeze.text,
      release: C,
      until: '2026-11-24T00:00:00Z',
      gates: [{ ...freeze, until: '2026-11-24T00:00:00Z' }],
    });
  });

  it('is promoted as it is declared: by a commit, or by a pull request', () => {
    expect(decideFor('dev', { candidates: [A] })).toMatchObject({ kind: 'promote', release: A, from: undefined });
    expect(decideFor('prod', { dev: runs('dev', B), prod: runs('prod', A) })).toMatchObject({
      kind: 'propose',
      release: B,
      from: A,
    });
  });
});

describe('an environment without a candidate', () => {
  const withRecord = pullRequest({ record: record('prod', B) });

  it.each<[string, 'dev' | 'prod', World, object]>([
    ['waits for its first release', 'dev', {}, { kind: 'up to date', reason: 'waits for the first release' }],
    [
      'says what it waits for where it is not the first',
      'prod',
      {},
      { kind: 'up to date', reason: 'dev runs no release yet', release: undefined },
    ],
    [
      'stays with what it runs',
      'dev',
      { dev: runs('dev', B) },
      { kind: 'up to date', reason: 'nothing newer was published', release: B },
    ],
    [
      'keeps its open pull request, for the release that it carries',
      'prod',
      { prod: runs('prod', A, { pullRequest: withRecord }) },
      { kind: 'hold', reason: 'dev runs no release yet', release: B, gates: [] },
    ],
    [
      'keeps a pull request whose head another author made',
      'prod',
      { prod: runs('prod', A, { pullRequest: pullRequest() }) },
      { kind: 'hold', release: undefined },
    ],
  ])('%s', (_case, name, world, decision) => {
    expect(decideFor(name, world)).toMatchObject(decision);
  });
});

describe('an environment that runs its candidate', () => {
  it('is up to date, frozen or not', () => {
    expect(decideFor('dev', { dev: runs('dev', B), candidates: [B], freezes: frozen })).toMatchObject({
      kind: 'up to date',
      reason: `runs ${B.tag}`,
      release: B,
    });
  });

  it('closes a pull request that has nothing left to do, and says so in its text', () => {
    const prod = runs('prod', B, { pullRequest: pullRequest({ number: 8, body: 'text\n' }) });
    const reason = `prod already runs ${B.tag}`;

    expect(decideFor('prod', { dev: runs('dev', B), prod })).toEqual({
      kind: 'close',
      pipeline: 'todo',
      environment: 'prod',
      reason,
      number: 8,
      body: withdrawnBody('text', reason),
    });
  });
});
