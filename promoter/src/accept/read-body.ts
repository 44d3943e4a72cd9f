// Reads bodies within bounds: of each, of all that are being read at a time, and of the time that each may take. What is counted is
// what is allocated, which follows what arrived and never what a header declares.
import type { BodySource } from './body-source.ts';

export interface BodyBounds {
  /** Of one body. */
  maxBytes: number;
  /** Of all bodies that are being read. */
  maxBytesInFlight: number;
  /** From the first byte asked for to the last. */
  deadlineMs: number;
}

export type BodyOutcome =
  | { kind: 'read'; bytes: Buffer }
  | { kind: 'too large' }
  /** It was the largest of those being read when they were too many bytes together. */
  | { kind: 'crowded out' }
  | { kind: 'too slow' }
  | { kind: 'aborted' };

export interface BodyReader {
  /** Never rejects. @param declaredBytes of the content-length, where there is one. */
  read(source: BodySource, declaredBytes: number | undefined): Promise<BodyOutcome>;
  bytesInFlight(): number;
}

/** The first allocation, where more than one chunk is needed. */
const FIRST_BYTES = 16 * 1024;

interface Reading {
  allocated: number;
  end(outcome: BodyOutcome): void;
}

export function createBodyReader({ maxBytes, maxBytesInFlight, deadlineMs }: BodyBounds): BodyReader {
  const readings = new Set<Reading>();
  let inFlight = 0;

  const account = (reading: Reading, bytes: number): void => {
    inFlight += bytes - reading.allocated;
    reading.allocated = bytes;
  };
  /** Room comes from the largest: many small bodies are deliveries, few large ones rarely are. */
  const makeRoom = (): void => {
    if (inFlight <= maxBytesInFlight) return;
    for (const largest of [...readings].sort((one, other) => other.allocated - one.allocated)) {
      if (inFlight <= maxBytesInFlight) return;
      largest.end({ kind: 'crowded out' });
    }
  };

  function read(source: BodySource, declaredBytes: number | undefined): Promise<BodyOutcome> {
    const { promise, resolve } = Promise.withResolvers<BodyOutcome>();
    let isEnded = false;
    let stop: () => void = () => undefined;
    const body = createGrowingBuffer(Math.min(declaredBytes ?? maxBytes, maxBytes));
    const reading: Reading = {
      allocated: 0,
      end(outcome) {
        if (isEnded) return;
        isEnded = true;
        clearTimeout(timer);
        readings.delete(reading);
        account(reading, 0);
        stop();
        resolve(outcome);
      },
    };
    const timer = setTimeout(reading.end, deadlineMs, { kind: 'too slow' });
    readings.add(reading);
    stop = source({
      onChunk(chunk) {
        if (isEnded) return;
        if (body.length() + chunk.length > maxBytes) return reading.end({ kind: 'too large' });
        account(reading, body.capacityFor(chunk.length));
        makeRoom();
        // Making room may have ended this one.
        if (readings.has(reading)) body.add(chunk);
      },
      onEnd: () => reading.end({ kind: 'read', bytes: body.bytes() }),
      onAborted: () => reading.end({ kind: 'aborted' }),
    });
    return promise;
  }

  return { read, bytesInFlight: () => inFlight };
}

/**
 * One chunk stays as it is, which most bodies are. More are copied into a buffer that doubles: a list of chunks would cost a
 * hundred bytes for each, and a sender chooses how small they are.
 */
function createGrowingBuffer(expectedBytes: number) {
  let buffer: Buffer = Buffer.alloc(0);
  let length = 0;
  const capacityFor = (more: number): number => {
    const needed = length + more;
    if (needed <= buffer.length) return buffer.length;
    if (length === 0) return more;
    return Math.max(needed, Math.min(Math.max(buffer.length * 2, FIRST_BYTES), expectedBytes));
  };
  return {
    length: () => length,
    capacityFor,
    add(chunk: Uint8Array): void {
      const capacity = capacityFor(chunk.length);
      if (length === 0) buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      else {
        if (capacity > buffer.length) {
          const larger = Buffer.allocUnsafeSlow(capacity);
          buffer.copy(larger, 0, 0, length);
          buffer = larger;
        }
        buffer.set(chunk, length);
      }
      length += chunk.length;
    },
    bytes: () => buffer.subarray(0, length),
  };
}
