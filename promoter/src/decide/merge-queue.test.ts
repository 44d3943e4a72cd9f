import { describe, expect, it } from 'vitest';
import { declare, environment, observed, pullRequest, release, sha } from '../../test/fixtures.ts';
import { decideInQueue } from './merge-queue.ts';
import type { EnvironmentDecision, Gate, QueuePlace } from './promotion.ts';

const [A, B] = [release('a'), release('b')];
const pipeline = declare();
const where = { snapshot: observed(pipeline, []), target: environment(pipeline, 'prod', A) };
const about = { pipeline: 'todo', environment: 'prod', reason: 'frozen: sales', release: B };
const freeze: Gate = { name: 'freeze', isMet: false, text: 'frozen: sales', until: undefined };

const merge: EnvironmentDecision = {
  kind: 'merge',
  ...about,
  from: A,
  number: 7,
  headOid: sha('9'),
  approvedBy: [],
  by: 'merge queue',
  body: '',
};
const frozen: EnvironmentDecision = { kind: 'hold', ...about, until: undefined, gates: [freeze] };
const describes: EnvironmentDecision = {
  kind: 'describe',
  ...about,
  number: 7,
  title: '',
  body: '',
  until: undefined,
  gates: [freeze],
};
const close: EnvironmentDecision = { kind: 'close', ...about, number: 7, body: '' };

const queued: QueuePlace = { kind: 'queued', position: 2 };
const removed: QueuePlace = { kind: 'removed', reason: 'failed checks' };
const decided = (queue: QueuePlace | undefined, decision: EnvironmentDecision) =>
  decideInQueue(where, pullRequest({ queue }), decision);

describe('a pull request in the merge queue', () => {
  it.each<[QueuePlace, string]>([
    [queued, "#7 is in GitHub's merge queue at position 2"],
    [
      removed,
      "#7 was taken out of GitHub's merge queue (failed checks); put it back by hand, or publish a newer release",
    ],
  ])('is left to it: %j', (queue, reason) => {
    expect(decided(queue, merge)).toMatchObject({ kind: 'hold', release: B, reason });
  });

  it.each([frozen, describes])('leaves it when a gate closes again (rule 6): $kind', (decision) => {
    expect(decided(queued, decision)).toEqual({ kind: 'dequeue', ...about, gates: [freeze], number: 7 });
    expect(decided(removed, decision)).toBe(decision);
  });

  it('is closed as any other, and nothing changes where there is no queue', () => {
    expect(decided(queued, close)).toBe(close);
    expect(decided(undefined, merge)).toBe(merge);
    expect(decided(undefined, frozen)).toBe(frozen);
  });
});
