// Connections of somebody who knows no secret, in every shape that costs a careless server memory, labels or time.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const HUGE = 25 * 1024 * 1024;
const random = (): string => randomBytes(12).toString('hex');
const head = (...lines: string[]): string => headTo('/webhooks/github', ...lines);
const headTo = (target: string, ...lines: string[]): string =>
  [`POST ${target} HTTP/1.1`, 'Host: promoter', ...lines, '', ''].join('\r\n');
const json = 'Content-Type: application/json';
const forged = (): string => `X-Hub-Signature-256: sha256=${randomBytes(32).toString('hex')}`;

interface Shape {
  name: string;
  /** What is sent, before the connection waits. */
  bytes(): string | Buffer;
  /** `holds`: it stays open as long as it may; `aborts`: it goes away in the middle; `answered`: the server must close it. */
  fate: 'holds' | 'aborts' | 'answered';
}

export const shapes: readonly Shape[] = [
  { name: 'says nothing', bytes: () => '', fate: 'holds' },
  {
    name: 'sends half of its headers',
    bytes: () => `POST /webhooks/github HTTP/1.1\r\nX-${random()}: `,
    fate: 'holds',
  },
  {
    name: 'sends 15 KB of headers and no end of them',
    bytes: () => `POST / HTTP/1.1\r\nX-A: ${'a'.repeat(15_000)}`,
    fate: 'holds',
  },
  { name: 'sends huge headers', bytes: () => head(`X-A: ${'a'.repeat(64_000)}`), fate: 'answered' },
  {
    name: 'sends a thousand headers',
    bytes: () => head(...Array.from({ length: 900 }, () => `${random().slice(0, 8)}: 1`)),
    fate: 'answered',
  },
  { name: 'declares 25 MB', bytes: () => head(json, `Content-Length: ${HUGE}`), fate: 'answered' },
  {
    name: 'sends 256 KB of 25 MB',
    bytes: () => Buffer.concat([Buffer.from(head(json, `Content-Length: ${HUGE}`)), Buffer.alloc(262_144)]),
    fate: 'answered',
  },
  {
    name: 'sends chunks without a length',
    bytes: () => `${head(json, 'Transfer-Encoding: chunked')}4000\r\n${'a'.repeat(0x4000)}\r\n`,
    fate: 'answered',
  },
  {
    name: 'has an event of its own',
    bytes: () => `${head(json, `X-GitHub-Event: ${random()}`, 'Content-Length: 2')}{}`,
    fate: 'answered',
  },
  {
    name: 'has a delivery of its own',
    bytes: () => `${head(json, `X-GitHub-Delivery: ${random()}`, 'Content-Length: 2')}{}`,
    fate: 'answered',
  },
  {
    name: 'forges a signature',
    bytes: () => `${head(json, forged(), `X-GitHub-Event: ${random()}`, 'Content-Length: 2')}{}`,
    fate: 'answered',
  },
  {
    name: 'forges a signature for a form',
    bytes: () => head('Content-Type: text/plain', forged(), 'Content-Length: 9'),
    fate: 'answered',
  },
  {
    name: 'forges one and declares 30 MB',
    bytes: () => head(json, forged(), 'Content-Length: 30000000'),
    fate: 'answered',
  },
  { name: 'forges one and is slow', bytes: () => `${head(json, forged(), `Content-Length: ${HUGE}`)}{`, fate: 'holds' },
  {
    name: 'forges one, sends 128 KB and waits',
    bytes: () => Buffer.concat([Buffer.from(head(json, forged(), `Content-Length: ${HUGE}`)), Buffer.alloc(131_072)]),
    fate: 'holds',
  },
  {
    name: 'forges one and sends tiny chunks',
    bytes: () => head(json, forged(), 'Transfer-Encoding: chunked') + '1\r\n{\r\n'.repeat(2_000),
    fate: 'aborts',
  },
  {
    name: 'forges one and goes away',
    bytes: () => `${head(json, forged(), 'Content-Length: 100000')}{"a":`,
    fate: 'aborts',
  },
  {
    name: 'reports without a token, slowly',
    bytes: () => `${headTo('/reports/first-request', json, 'Content-Length: 4000')}{`,
    fate: 'holds',
  },
  {
    name: 'reports in chunks and goes away',
    bytes: () => `${headTo('/reports/first-request', json, 'Transfer-Encoding: chunked')}1\r\n{\r\n`,
    fate: 'aborts',
  },
  { name: 'goes away in its headers', bytes: () => 'POST /webhooks/github HTTP/1.1\r\nHost: ', fate: 'aborts' },
  { name: 'speaks no HTTP', bytes: () => randomBytes(2_000), fate: 'answered' },
  {
    name: 'asks for what is not there',
    bytes: () => `GET /${random()} HTTP/1.1\r\nHost: promoter\r\nConnection: close\r\n\r\n`,
    fate: 'answered',
  },
];

const closeOf = (socket: Socket): Promise<void> => new Promise((closed) => socket.once('close', () => closed()));

export interface HostileBatch {
  /** All that must be answered were, and their connections are closed; those that hold are open. */
  open: number;
  /** Ends the rest. */
  end(): Promise<void>;
}

/** Opens so many connections at once, of all shapes in turn, and waits until the server has closed those that it must close. */
export async function openHostile(port: number, count: number): Promise<HostileBatch> {
  const held: Socket[] = [];
  const waits = Array.from({ length: count }, async (_, index) => {
    const shape = shapes[index % shapes.length] as Shape;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined); // a reset is an answer, too
    socket.resume();
    const closed = closeOf(socket);
    const bytes = shape.bytes();
    if (bytes.length > 0) await new Promise((written) => void socket.write(bytes, written));
    else await Promise.race([new Promise<void>((connected) => socket.once('connect', connected)), closed]);
    if (shape.fate === 'aborts') socket.destroy();
    if (shape.fate === 'holds') held.push(socket);
    else await closed;
  });
  await Promise.all(waits);
  return {
    open: held.filter(({ destroyed }) => !destroyed).length,
    async end() {
      const closing = held.filter(({ closed }) => !closed).map(closeOf);
      for (const socket of held) socket.destroy();
      await Promise.all(closing);
    },
  };
}
