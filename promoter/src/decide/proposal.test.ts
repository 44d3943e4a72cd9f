import { describe, expect, it } from 'vitest';
import { declare, environment, observed, release, MERGING } from '../../test/fixtures.ts';
import type { Gate } from './promotion.ts';
import { about, causeOf, hold, waitOf } from './proposal.ts';

const pipeline = declare();
const where = (name: string) => ({ snapshot: observed(pipeline, []), target: environment(pipeline, name) });
const gate = (name: Gate['name'], more: Partial<Gate> = {}): Gate => ({
  name,
  isMet: false,
  text: `${name} is open`,
  until: undefined,
  ...more,
});

describe('a decision', () => {
  it('says of which pipeline and environment it is, and why', () => {
    expect(about(where('prod'), 'why')).toEqual({ pipeline: 'todo', environment: 'prod', reason: 'why' });
  });

  it('that holds needs no more than a reason', () => {
    const nothing = { release: undefined, gates: [], until: undefined };
    const gates = [gate('soak')];

    expect(hold(where('dev'), { reason: 'why' })).toEqual({
      kind: 'hold',
      pipeline: 'todo',
      environment: 'dev',
      reason: 'why',
      ...nothing,
    });
    expect(hold(where('dev'), { reason: 'why', release: release('a'), gates, until: 'noon' })).toMatchObject({
      release: release('a'),
      gates,
      until: 'noon',
    });
  });

  it.each([
    ['dev', 'the image was published'],
    ['prod', 'dev proved it'],
  ])('about %s has its cause: %s', (name, cause) => {
    expect(causeOf({ ...where(name), release: release('a'), from: undefined, gates: [], merging: MERGING })).toBe(
      cause,
    );
  });
});

describe('what is waited for', () => {
  it.each([
    ['no gate', []],
    ['gates that are met, whatever time they name', [gate('soak', { isMet: true, until: 'noon' })]],
  ])('is nothing with %s', (_case, gates) => {
    expect(waitOf(gates)).toBeUndefined();
  });

  it('is every open gate; time ends it where one of them has an end', () => {
    const gates = [gate('health', { isMet: true }), gate('approval'), gate('soak', { until: 'noon' })];

    expect(waitOf(gates)).toEqual({ reason: 'approval: approval is open; soak: soak is open', until: 'noon' });
    expect(waitOf([gate('approval')])).toEqual({ reason: 'approval: approval is open', until: undefined });
  });
});
