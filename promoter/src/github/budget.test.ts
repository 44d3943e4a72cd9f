import { describe, expect, it } from 'vitest';
import { TransientError } from '../errors.ts';
import { createGitHubBudget, type Urgency } from './budget.ts';

describe('the budget of content-creating requests', () => {
  const start = () => {
    let now = Date.parse('2026-11-23T10:00:00Z');
    const budget = createGitHubBudget(() => new Date(now));
    const waitOf = (urgency: Urgency = 'direct'): number | undefined => {
      try {
        budget.spend('commit', urgency);
        return undefined;
      } catch (error) {
        return error instanceof TransientError ? error.retryAfterMs : Number.NaN;
      }
    };
    return { budget, waitOf, pass: (ms: number) => (now += ms) };
  };

  it('is 80 in a minute, and says how long to wait for the next', () => {
    const { waitOf, pass } = start();
    for (let spent = 0; spent < 80; spent += 1) {
      expect(waitOf()).toBeUndefined();
      pass(100);
    }
    expect(waitOf()).toBe(60_000 - 8_000);
    pass(52_000);
    expect(waitOf()).toBeUndefined();
  });

  it('is 500 in an hour', () => {
    const { budget, waitOf, pass } = start();
    for (let spent = 0; spent < 500; spent += 1) {
      expect(waitOf()).toBeUndefined();
      pass(1_000);
    }
    expect(budget.left()).toBe(0);
    expect(waitOf()).toBe(3_600_000 - 500_000);
  });

  it.each([
    [70, 100, 53_000],
    [450, 1_000, 3_600_000 - 450_000],
  ])('after %i requests leaves the rest to direct commits and rollbacks', (usual, everyMs, waitMs) => {
    const { waitOf, pass } = start();
    for (let spent = 0; spent < usual; spent += 1) {
      expect(waitOf('usual')).toBeUndefined();
      pass(everyMs);
    }

    expect(waitOf('usual')).toBe(waitMs);
    expect(waitOf('direct')).toBeUndefined();
  });
});
