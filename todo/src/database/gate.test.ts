import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGate, type Gate } from './gate.ts';
import { UnavailableError } from './unavailable.ts';

describe('the gate in front of the database', () => {
  let gate: Gate;
  beforeEach(() => {
    vi.useFakeTimers();
    gate = createGate({ maxPending: 2, deadlineMs: 1_000 });
    gate.open();
  });
  afterEach(() => {
    gate.close();
    vi.useRealTimers();
  });

  const hanging = (): { work: () => Promise<string>; answer: (text: string) => void } => {
    const { promise, resolve } = Promise.withResolvers<string>();
    return { work: () => promise, answer: resolve };
  };
  const failingWith = (code: string) => () => Promise.reject(Object.assign(new Error('no'), { code }));

  it('is closed until the schema is ready', async () => {
    const closed = createGate({ maxPending: 2, deadlineMs: 1_000 });

    await expect(closed.run(() => Promise.resolve(1))).rejects.toThrow(UnavailableError);
    closed.open();
    await expect(closed.run(() => Promise.resolve(1))).resolves.toBe(1);
    closed.close();
  });

  it('refuses requests beyond the limit at once, and accepts again after an answer', async () => {
    const first = hanging();
    const running = [gate.run(first.work), gate.run(hanging().work)];

    await expect(gate.run(() => Promise.resolve('third'))).rejects.toThrow(
      '2 requests are already waiting for the database',
    );
    first.answer('first');
    await expect(running[0]).resolves.toBe('first');
    await expect(gate.run(() => Promise.resolve('third'))).resolves.toBe('third');
  });

  it('gives up after the deadline, but counts a hanging request until it is answered', async () => {
    const slow = hanging();
    const given = expect(gate.run(slow.work)).rejects.toThrow('did not answer within 1000 ms');

    await vi.advanceTimersByTimeAsync(1_100);
    await given;
    expect(gate.pending()).toBe(1);
    slow.answer('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(gate.pending()).toBe(0);
  });

  it.each(['ECONNREFUSED', 'CONNECTION_CLOSED', '57014', '57P01', '53300', '08006', '40001'])(
    'reports the database as unavailable on %s',
    async (code) => {
      const wrapped = () =>
        failingWith(code)().catch((cause: unknown) => Promise.reject(new Error('query', { cause })));

      await expect(gate.run(wrapped)).rejects.toThrow(`The database is not available (${code}).`);
      expect(gate.pending()).toBe(0);
    },
  );

  it.each(['23505', '42P01', '22P02'])('rethrows errors of our own making, %s', async (code) => {
    await expect(gate.run(failingWith(code))).rejects.toMatchObject({ code });
  });
});
