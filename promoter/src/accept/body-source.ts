// Where a body comes from: Node's own stream where a Node server took the request, a web stream anywhere else. Reading Node's
// spares a delivery the building of a web Request and its stream, which cost more than everything else together.
import type { IncomingMessage } from 'node:http';

export interface BodyListener {
  onChunk(chunk: Uint8Array): void;
  /** The body is complete. */
  onEnd(): void;
  /** No more of it will come. */
  onAborted(): void;
}

/** Begins to read. @returns what stops it. */
export type BodySource = (listener: BodyListener) => () => void;

export function nodeSource(incoming: IncomingMessage): BodySource {
  return ({ onChunk, onEnd, onAborted }) => {
    incoming.on('data', onChunk).on('end', onEnd).on('error', onAborted).on('close', onAborted);
    return () => {
      incoming.off('data', onChunk).off('end', onEnd).off('error', onAborted).off('close', onAborted);
      // An error without a listener would end the process.
      incoming.on('error', ignore).pause();
    };
  };
}

function ignore(): void {
  // Nobody waits for this body any more.
}

export function webSource(stream: ReadableStream<Uint8Array> | null): BodySource {
  return ({ onChunk, onEnd, onAborted }) => {
    const reader = stream?.getReader();
    const readAll = async (): Promise<void> => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) onChunk(part.value);
      onEnd();
    };
    readAll().catch(onAborted);
    return () => void reader?.cancel().catch(ignore);
  };
}
