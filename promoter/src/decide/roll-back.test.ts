import { describe, expect, it } from 'vitest';
import { declare, environment, observed, record, release } from '../../test/fixtures.ts';
import type { EnvironmentSnapshot, Rollout } from './promotion.ts';
import { rollBack } from './roll-back.ts';

const [A, B] = [release('a'), release('b')];
const pipeline = declare({ environments: [{ name: 'dev', manifest: 'dev.yaml', rollback: { within: '10m' } }] });
const degraded = (since: string, digest = B.digest): Rollout => ({ state: 'degraded', digest, since, reason: 'crash' });
/** B was committed at ten, and degraded a minute later. */
const failing = { previous: A, rollout: degraded('2026-11-23T10:01:00Z') };
const decided = (more: Partial<EnvironmentSnapshot> = {}, runs: typeof B | undefined = B, declared = pipeline) =>
  rollBack(observed(declared, []), environment(declared, 'dev', B, { ...failing, ...more }), runs);

describe('a release that turned Degraded', () => {
  it('is rolled back to what it replaced, with the time at which it failed', () => {
    expect(decided()).toEqual({
      kind: 'roll back',
      pipeline: 'todo',
      environment: 'dev',
      reason: `${B.tag} turned Degraded: crash`,
      release: A,
      from: B,
      manifest: 'dev.yaml',
      failedAt: '2026-11-23T10:01:00Z',
    });
  });

  it.each([
    ['at once, before the commit by its own clock', '2026-11-23T09:59:59Z', true],
    ['long before the commit: it failed without the release', '2026-11-23T09:00:00Z', false],
    ['at the end of the time', '2026-11-23T10:10:00Z', true],
    ['after it', '2026-11-23T10:10:01Z', false],
  ])('is rolled back within the time that the environment declares: %s', (_case, since, isRolledBack) => {
    expect(decided({ rollout: degraded(since) }) !== undefined).toBe(isRolledBack);
  });

  it.each<[string, Partial<EnvironmentSnapshot>]>([
    ['it is healthy', { rollout: { state: 'healthy', digest: B.digest, since: '2026-11-23T10:01:00Z' } }],
    ['its health is not known', { rollout: { state: 'unknown', reason: 'no cluster' } }],
    ['what is degraded is what ran before', { rollout: degraded('2026-11-23T10:01:00Z', A.digest) }],
    ['what it replaced is not known', { previous: undefined }],
    ['a person put it there', { record: record('dev', A) }],
    ['no record says when it came', { record: undefined }],
    ['it is itself the result of a rollback', { record: record('dev', B, { rollsBack: release('c') }) }],
  ])('stays where %s', (_case, more) => {
    expect(decided(more)).toBeUndefined();
  });

  it('stays where no rollback is declared, and where nothing runs', () => {
    const unasked = declare({ environments: [{ name: 'dev', manifest: 'dev.yaml' }] });

    expect(decided({}, B, unasked)).toBeUndefined();
    expect(rollBack(observed(pipeline, []), environment(pipeline, 'dev', B, failing), undefined)).toBeUndefined();
  });
});
