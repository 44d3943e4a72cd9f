import { describe, expect, it } from 'vitest';
import { release } from '../../test/fixtures.ts';
import { holdRefused } from './hold-refused.ts';
import type { Decision } from './promotion.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const [A, B] = [release('a'), release('b')];
const about = { pipeline: 'todo', reason: 'the image was published', release: B, from: A };
const dev: Decision = { kind: 'promote', ...about, environment: 'dev', manifest: 'dev.yaml' };
const eu: Decision = { kind: 'promote', ...about, environment: 'eu', manifest: 'eu.yaml' };
const ignored: Decision = { kind: 'ignore', pipeline: 'todo', release: A, reason: 'its tag does not match' };
const refused = { pipeline: 'todo', environment: 'dev', reason: 'could not commit: a rule', retryInMs: undefined };

describe('what GitHub refuses', () => {
  it('is held with its reason, and keeps its release', () => {
    expect(holdRefused([dev, eu, ignored], [refused], NOW)).toEqual([
      {
        kind: 'hold',
        pipeline: 'todo',
        environment: 'dev',
        reason: 'could not commit: a rule',
        release: B,
        until: undefined,
        gates: [],
      },
      eu,
      ignored,
    ]);
  });

  it('is looked at again where time alone may help', () => {
    expect(holdRefused([dev], [{ ...refused, retryInMs: 10_000 }], NOW)).toMatchObject([
      { until: '2026-11-23T12:00:10.000Z' },
    ]);
  });

  it('changes nothing of another pipeline', () => {
    expect(holdRefused([dev], [{ ...refused, pipeline: 'other' }], NOW)).toEqual([dev]);
  });
});
