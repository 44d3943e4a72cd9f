// What anybody can send who knows no secret.
import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';
import { createLogger } from '@delivery/telemetry/logger';
import { describe, expect, it } from 'vitest';
import { secret } from '../config.ts';
import type { BodyBounds } from './read-body.ts';
import { webhookRoute } from './webhook-route.ts';

const KEY = 'the current one';
const FORGED = `sha256=${'a'.repeat(64)}`;
const sign = (body: string): string => `sha256=${createHmac('sha256', KEY).update(body).digest('hex')}`;

function start(bounds: Partial<BodyBounds> = {}) {
  const outcomes: string[] = [];
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const route = webhookRoute({
    secrets: [secret(KEY)],
    context: { owner: 'acme', name: 'gitops-config', branch: 'main' },
    take: () => ({ kind: 'queued' }),
    onOutcome: (event, outcome) => void outcomes.push(`${event} ${outcome}`),
    onFact: () => undefined,
    clock: () => new Date(7),
    logger: createLogger({ service: 'promoter', level: 'debug', destination }),
    bounds: { maxBytes: 1_000, maxBytesInFlight: 2_000, deadlineMs: 60_000, ...bounds },
  });
  const post = async (body: string | ReadableStream<Uint8Array>, headers: Record<string, string> = {}) =>
    route.request('/webhooks/github', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json', 'x-github-event': 'ping', ...headers },
    });
  return { post, outcomes, lines };
}

/** A body that says when it is first read, and ends, fails or hangs as asked. */
function bodyOf(chunks: readonly string[], then: 'end' | 'fail' | 'hang' = 'end') {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>();
  let reads = 0;
  const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        reads += 1;
        begin();
        const chunk = left.shift();
        if (chunk) return controller.enqueue(chunk);
        drain();
        if (then === 'end') controller.close();
        if (then === 'fail') controller.error(new Error('socket hang up'));
        return then === 'hang' ? new Promise(() => undefined) : undefined;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, begun, drained, reads: () => reads };
}

describe('the headers of a webhook, before a byte of its body is read', () => {
  it.each<[string, number, Record<string, string>]>([
    ['has no signature', 401, {}],
    ['has an empty signature', 401, { 'x-hub-signature-256': '' }],
    ['has half a signature', 401, { 'x-hub-signature-256': 'sha256=ab' }],
    ['has a signature in capitals', 401, { 'x-hub-signature-256': FORGED.toUpperCase() }],
    ['has only the old signature', 401, { 'x-hub-signature': `sha1=${'a'.repeat(40)}` }],
    [
      'has a form as its type',
      415,
      { 'x-hub-signature-256': FORGED, 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['has no type', 415, { 'x-hub-signature-256': FORGED, 'content-type': '' }],
    ['declares too much', 413, { 'x-hub-signature-256': FORGED, 'content-length': '1001' }],
  ])('refuse what %s, and close the connection', async (_what, status, headers) => {
    const { post, outcomes } = start();
    const { stream, reads } = bodyOf(['{}']);

    const answer = await post(stream, headers);

    expect([answer.status, answer.headers.get('connection'), reads()]).toEqual([status, 'close', 0]);
    expect(outcomes).toEqual(['unknown rejected']);
  });
});

describe('the body of a webhook', () => {
  it('needs no declared length', async () => {
    const { post } = start();
    const text = JSON.stringify({ zen: 'Keep it logically awesome.' });

    const answer = await post(bodyOf([...text]).stream, { 'x-hub-signature-256': sign(text) });

    expect(answer.status).toBe(202);
  });

  it('is refused when it grows beyond its bound without having declared so', async () => {
    const { post, outcomes } = start();

    const answer = await post(bodyOf(['x'.repeat(600), 'x'.repeat(600)], 'hang').stream, {
      'x-hub-signature-256': FORGED,
    });

    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
    expect(outcomes).toEqual(['unknown rejected']);
  });

  it('is cut at the deadline when it is slow', async () => {
    const { post, outcomes } = start({ deadlineMs: 1 });

    const answer = await post(bodyOf(['{'], 'hang').stream, { 'x-hub-signature-256': FORGED });

    expect([answer.status, answer.headers.get('connection')]).toEqual([408, 'close']);
    expect(outcomes).toEqual(['unknown rejected']);
  });

  it('makes room for small ones when it is the largest of too many bytes, and is asked to come again', async () => {
    const { post } = start();
    const large = [bodyOf(['x'.repeat(900)], 'hang'), bodyOf(['x'.repeat(950)], 'hang')];
    const waiting = large.map(({ stream }) => post(stream, { 'x-hub-signature-256': FORGED }));
    await Promise.all(large.map(({ drained }) => drained));

    const text = JSON.stringify({ zen: 'z'.repeat(200) });
    const small = await post(text, { 'x-hub-signature-256': sign(text) });
    const crowdedOut = await waiting[1];

    expect(small.status).toBe(202);
    expect([crowdedOut?.status, crowdedOut?.headers.get('retry-after')]).toEqual([503, '10']);
  });

  it('that is aborted is a counted outcome, and no error', async () => {
    const { post, outcomes, lines } = start();

    await post(bodyOf(['{'], 'fail').stream, { 'x-hub-signature-256': FORGED });

    expect(outcomes).toEqual(['unknown aborted']);
    expect(lines.join('')).toBe('');
  });

  it('is refused when it is empty, whatever signs it', async () => {
    const { post } = start();

    expect((await post('', { 'x-hub-signature-256': sign('') })).status).toBe(401);
  });
});

describe('what is not signed', () => {
  it('makes one label and one line, whatever it calls its event', async () => {
    const { post, outcomes, lines } = start();

    for (let index = 0; index < 300; index += 1)
      await post('{}', {
        'x-github-event': `event_${index}`,
        'x-github-delivery': `delivery-${index}`,
        ...(index % 2 === 0 ? { 'x-hub-signature-256': FORGED } : {}),
      });

    expect(outcomes).toHaveLength(300);
    expect(new Set(outcomes)).toEqual(new Set(['unknown rejected']));
    expect(lines).toHaveLength(1);
    expect(lines.join('')).not.toMatch(/event_|delivery-/);
  });

  it('has no label of its own when it is signed either, unless GitHub has an event of that name', async () => {
    const { post, outcomes } = start();

    for (const event of ['push', 'event_1', 'constructor', 'push.created'])
      await post('{}', { 'x-github-event': event, 'x-hub-signature-256': sign('{}') });

    expect(outcomes).toEqual(['push ignored', 'unknown ignored', 'unknown ignored', 'unknown ignored']);
  });
});
