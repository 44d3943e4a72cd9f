import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRefusalLog } from './refusal-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('logs the first refusal, then how many there were in each minute, then a first one again', () => {
  const warn = vi.fn();
  const log = createRefusalLog({ warn });
  const refuse = (times: number): void => {
    for (let index = 0; index < times; index += 1) log({ status: 401, reason: 'the signature is missing or wrong' });
  };

  refuse(1_000);
  expect(warn.mock.calls).toEqual([[{ stage: 'accept', status: 401 }, 'the signature is missing or wrong']]);
  vi.advanceTimersByTime(60_000);
  expect(warn).toHaveBeenLastCalledWith({ stage: 'accept', refused: 999, withinMs: 60_000 }, expect.any(String));
  refuse(5);
  vi.advanceTimersByTime(60_000);
  expect(warn).toHaveBeenLastCalledWith({ stage: 'accept', refused: 5, withinMs: 60_000 }, expect.any(String));
  vi.advanceTimersByTime(60_000);
  refuse(1);
  expect(warn).toHaveBeenCalledTimes(4);
  expect(warn).toHaveBeenLastCalledWith({ stage: 'accept', status: 401 }, expect.any(String));
});
