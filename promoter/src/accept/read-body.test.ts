import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BodyListener, BodySource } from './body-source.ts';
import { type BodyBounds, createBodyReader } from './read-body.ts';

const bounds: BodyBounds = { maxBytes: 100_000, maxBytesInFlight: 200_000, deadlineMs: 60_000 };

/** A source that a test speaks through. */
function source() {
  let listener: BodyListener | undefined;
  let isStopped = false;
  const start: BodySource = (given) => {
    listener = given;
    return () => {
      isStopped = true;
    };
  };
  return {
    start,
    chunk: (bytes: Uint8Array) => listener?.onChunk(bytes),
    end: () => listener?.onEnd(),
    abort: () => listener?.onAborted(),
    isStopped: () => isStopped,
  };
}

describe('a body', () => {
  it('is the same however it is cut into chunks, and whatever length was declared', async () => {
    const cuts = fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.option(fc.nat(60_000), { nil: undefined }), async (chunks, declared) => {
        const reader = createBodyReader(bounds);
        const from = source();
        const reading = reader.read(from.start, declared);
        for (const chunk of chunks) from.chunk(chunk);
        from.end();

        expect(await reading).toEqual({ kind: 'read', bytes: Buffer.concat(chunks) });
        expect([reader.bytesInFlight(), from.isStopped()]).toEqual([0, true]);
      }),
    );
  });

  it('takes memory for what arrived, at most twice, and not for what it declares', () => {
    const reader = createBodyReader(bounds);
    const from = source();
    void reader.read(from.start, 100_000);
    expect(reader.bytesInFlight()).toBe(0);

    from.chunk(new Uint8Array(1));
    expect(reader.bytesInFlight()).toBe(1);
    for (let index = 1; index < 40_000; index += 1) from.chunk(new Uint8Array(1));
    expect(reader.bytesInFlight()).toBeLessThanOrEqual(80_000);
  });

  it('ends once: what comes after a refusal or an abort is not kept', async () => {
    const reader = createBodyReader(bounds);
    const from = source();
    const reading = reader.read(from.start, undefined);
    from.chunk(new Uint8Array(10));
    from.abort();
    from.chunk(new Uint8Array(10));
    from.end();

    expect(await reading).toEqual({ kind: 'aborted' });
    expect([reader.bytesInFlight(), from.isStopped()]).toEqual([0, true]);
  });

  it('is refused beyond its bound, to the byte', async () => {
    const reader = createBodyReader(bounds);
    const [exact, over] = [source(), source()];
    const readings = [reader.read(exact.start, undefined), reader.read(over.start, undefined)];
    exact.chunk(new Uint8Array(100_000));
    exact.end();
    over.chunk(new Uint8Array(100_000));
    over.chunk(new Uint8Array(1));

    expect((await Promise.all(readings)).map(({ kind }) => kind)).toEqual(['read', 'too large']);
  });
});

describe('all bodies together', () => {
  it('never take more than their bound: the largest goes', async () => {
    const reader = createBodyReader(bounds);
    const sources = Array.from({ length: 5 }, source);
    const ended: string[] = [];
    sources.forEach((from, index) => {
      void reader.read(from.start, undefined).then(({ kind }) => ended.push(`${index} ${kind}`));
    });
    sources.forEach((from, index) => from.chunk(new Uint8Array(40_000 + index)));
    await Promise.resolve();

    expect(reader.bytesInFlight()).toBeLessThanOrEqual(200_000);
    expect(ended).toEqual(['4 crowded out']);
  });
});
