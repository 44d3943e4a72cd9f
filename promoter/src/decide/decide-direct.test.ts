import { describe, expect, it } from 'vitest';
import { declare, environment, MERGING, observed, release } from '../../test/fixtures.ts';
import { decideDirect } from './decide-direct.ts';
import type { Gate } from './promotion.ts';

const [A, B] = [release('a'), release('b')];
const pipeline = declare({
  environments: [
    { name: 'dev', manifest: 'dev.yaml' },
    { name: 'eu', manifest: 'eu.yaml' },
    { name: 'staging', after: ['dev', 'eu'], manifest: 'staging.yaml' },
  ],
});
const proposal = (target: string, gates: Gate[] = []) => ({
  snapshot: observed(pipeline, []),
  target: environment(pipeline, target, A),
  release: B,
  from: A,
  gates,
  merging: MERGING,
});
const health: Gate = { name: 'health', isMet: true, text: 'dev and eu run it healthily', until: undefined };
const soak: Gate = { name: 'soak', isMet: false, text: '10m in dev, ends at noon', until: '2026-11-23T12:00:00Z' };

describe('a direct promotion', () => {
  it.each([
    ['dev', 'the image was published'],
    ['staging', 'dev and eu proved it'],
  ])('to %s is committed because %s', (target, reason) => {
    expect(decideDirect(proposal(target))).toEqual({
      kind: 'promote',
      pipeline: 'todo',
      environment: target,
      reason,
      release: B,
      from: A,
      manifest: `${target}.yaml`,
    });
  });

  it('needs no gate, but waits for every gate that there is', () => {
    expect(decideDirect(proposal('staging', [health])).kind).toBe('promote');
    expect(decideDirect(proposal('staging', [health, soak]))).toEqual({
      kind: 'hold',
      pipeline: 'todo',
      environment: 'staging',
      reason: 'soak: 10m in dev, ends at noon',
      release: B,
      gates: [health, soak],
      until: '2026-11-23T12:00:00Z',
    });
  });
});
