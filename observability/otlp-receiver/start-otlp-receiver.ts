// A plain OTLP/HTTP receiver: it accepts JSON on /v1/traces, keeps the spans and when they came, and may forward them as a collector does.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Export, readOtlpRequest, type Span } from '@delivery/service-graph';

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT, with OTEL_EXPORTER_OTLP_PROTOCOL=http/json. */
  readonly url: string;
  /** The requests received, oldest first. */
  readonly exports: readonly Export[];
  /** Resolves with all spans received so far, as soon as `isEnough` says so. */
  received(isEnough: (spans: readonly Span[]) => boolean): Promise<Span[]>;
  /** Answers every request with this status from now on; 200 accepts them again. */
  answer(status: number): void;
  stop(): Promise<void>;
}

export interface OtlpReceiverSettings {
  /** 0 picks a free port. */
  port?: number;
  /** Decides the time at which a request counts as received. */
  clock?: () => Date;
  /** The newest spans are kept, up to this number. */
  maxSpans?: number;
  /** Where every request is forwarded to, and with which headers. A failure to forward is ignored. */
  forward?: { url: string; headers: Record<string, string> } | undefined;
}

const FORWARD_TIMEOUT_MS = 5_000;

export async function startOtlpReceiver({
  port = 0,
  clock = () => new Date(),
  maxSpans = Number.POSITIVE_INFINITY,
  forward,
}: OtlpReceiverSettings = {}): Promise<OtlpReceiver> {
  const exports: Export[] = [];
  let kept = 0;
  let status = 200;
  let watchers: (() => void)[] = [];
  const spans = (): Span[] => exports.flatMap((each) => each.spans);

  async function receive(request: IncomingMessage): Promise<[status: number, body: unknown]> {
    if (request.url !== '/v1/traces' || request.method !== 'POST') return [404, { message: 'only POST /v1/traces' }];
    if (!request.headers['content-type']?.startsWith('application/json')) return [415, { message: 'only JSON' }];
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (status !== 200) return [status, { message: 'refused on request' }];
    const body = Buffer.concat(chunks);
    const received = readOtlpRequest(JSON.parse(body.toString()));
    exports.push({ receivedMs: clock().getTime(), spans: received });
    kept += received.length;
    while (kept > maxSpans && exports.length > 1) kept -= exports.shift()?.spans.length ?? 0;
    if (forward) void forwardTo(forward, body);
    for (const watcher of watchers) watcher();
    return [200, {}];
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [code, body] = await receive(request).catch((error: unknown) => [400, { message: String(error) }] as const);
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void respond(request, response)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };

  return {
    url: `http://127.0.0.1:${address.port}`,
    exports,
    received(isEnough) {
      const { promise, resolve } = Promise.withResolvers<Span[]>();
      const watcher = (): void => {
        if (!isEnough(spans())) return;
        watchers = watchers.filter((each) => each !== watcher);
        resolve(spans());
      };
      watchers.push(watcher);
      watcher();
      return promise;
    },
    answer(next) {
      status = next;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function forwardTo({ url, headers }: NonNullable<OtlpReceiverSettings['forward']>, body: Buffer): Promise<void> {
  const signal = AbortSignal.timeout(FORWARD_TIMEOUT_MS);
  const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, signal };
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/v1/traces`, { ...init, body: new Uint8Array(body) });
    await response.body?.cancel();
  } catch {
    // the collector is not there
  }
}
