// Open-loop load in a process of its own: every delivery is due at its time, whatever became of those before it. Latency counts from
// the time that it was due, so that a server that stalls cannot hide it.
import { createHmac, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { payloadOf } from './payloads.ts';

/** As many as a load balancer keeps open; where all wait for an answer, a delivery waits for one of them, and its latency says so. */
const MAX_CONNECTIONS = 500;

export interface LoadOptions {
  port: number;
  secret: string;
  perSecond: number;
  seconds: number;
}

export interface LoadResult {
  sent: number;
  /** By the outcome in the answer: queued, ignored, or its status where it is neither. */
  outcomes: Record<string, number>;
  elapsedSeconds: number;
  /** Of the answers, from the time that each was due. */
  milliseconds: { p50: number; p99: number; max: number };
  connections: number;
  /** How late the load itself was in handing a delivery to its socket, at worst: the machine's part. */
  lateMs: number;
}

/** One answer's end within what has arrived on a connection, and its outcome. */
function parseAnswer(received: string): { length: number; outcome: string } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? 0);
  const length = headEnd + 4 + bodyLength;
  if (received.length < length) return undefined;
  const outcome = /"outcome":"(queued|ignored)"/.exec(received.slice(headEnd, length))?.[1];
  return { length, outcome: outcome ?? received.slice(9, 12) };
}

function requestOf(index: number, { port, secret }: LoadOptions): string {
  const { event, body } = payloadOf(index);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return [
    'POST /webhooks/github HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Accept: */*',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'User-Agent: GitHub-Hookshot/eb2d8c5',
    `X-GitHub-Delivery: ${randomUUID()}`,
    `X-GitHub-Event: ${event}`,
    'X-GitHub-Hook-ID: 123456789',
    'X-GitHub-Hook-Installation-Target-ID: 123456',
    'X-GitHub-Hook-Installation-Target-Type: integration',
    `X-Hub-Signature-256: sha256=${signature}`,
    '',
    body,
  ].join('\r\n');
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  const total = options.perSecond * options.seconds;
  const idle: Socket[] = [];
  const busy = new Map<Socket, { dueMs: number; received: string }>();
  const latencies: number[] = [];
  const outcomes: Record<string, number> = {};
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let sent = 0;
  let ended = 0;
  let connections = 0;
  let lateMs = 0;

  const end = (dueMs: number, outcome: string): void => {
    latencies.push(performance.now() - dueMs);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    ended += 1;
    if (ended === total) resolve();
  };
  const open = (): Socket => {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1');
    connections += 1;
    socket.on('data', (chunk: string) => {
      const request = busy.get(socket);
      if (!request) return;
      request.received += chunk;
      const answer = parseAnswer(request.received);
      if (!answer) return;
      busy.delete(socket);
      idle.push(socket);
      end(request.dueMs, answer.outcome);
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      const request = busy.get(socket);
      busy.delete(socket);
      const at = idle.indexOf(socket);
      if (at >= 0) idle.splice(at, 1);
      if (request) end(request.dueMs, 'closed');
    });
    return socket;
  };

  const startedMs = performance.now();
  const dueMsOf = (index: number): number => startedMs + (index * 1_000) / options.perSecond;
  const sendDue = (): void => {
    while (sent < total && dueMsOf(sent) <= performance.now()) {
      const dueMs = dueMsOf(sent);
      const socket = idle.pop() ?? (busy.size < MAX_CONNECTIONS ? open() : undefined);
      if (!socket) break;
      busy.set(socket, { dueMs, received: '' });
      socket.write(requestOf(sent, options));
      lateMs = Math.max(lateMs, performance.now() - dueMs);
      sent += 1;
    }
    if (sent < total) setTimeout(sendDue, Math.max(1, dueMsOf(sent) - performance.now()));
  };
  sendDue();
  await done;
  const elapsedSeconds = (performance.now() - startedMs) / 1_000;
  for (const socket of idle) socket.destroy();

  latencies.sort((one, other) => one - other);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    sent,
    outcomes,
    elapsedSeconds,
    milliseconds: { p50: at(0.5), p99: at(0.99), max: at(1) },
    connections,
    lateMs,
  };
}

process.once('message', (options: LoadOptions) => {
  void load(options).then((result) => process.send?.(result));
});
