import { createHmac } from 'node:crypto';
import { createLogger } from '@delivery/telemetry/logger';
import * as fc from 'fast-check';
import { webhookRoute } from '../../src/accept/webhook-route.ts';
import { secret } from '../../src/config.ts';
import { mutateJson } from '../mutate-json.ts';
import { mutateText } from '../mutate-text.ts';
import { nastyTexts } from '../nasty.ts';
import { payloads } from '../payloads.ts';
import type { Target } from '../run-target.ts';

const CURRENT = 'the current secret';
const PREVIOUS = 'the previous secret';
/** Longer ones take longer, and show nothing else. */
const MAX_BODY = 64 * 1_024;
const ANSWERS = new Set([202, 400, 401, 413]);

let rang = 0;
const route = webhookRoute({
  secrets: [secret(CURRENT), secret(PREVIOUS)],
  context: { owner: 'acme', name: 'gitops-config', branch: 'main' },
  take() {
    rang += 1;
    return { kind: 'queued' };
  },
  onOutcome: () => undefined,
  onFact() {
    rang += 1;
  },
  clock: () => new Date(7),
  logger: createLogger({ service: 'promoter', level: 'silent' }),
});

const sign = (body: Buffer, key: string): string => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
/** What a header may hold: a client that sends more never gets as far as the route. */
const headerText = fc
  .oneof(fc.constantFrom(...nastyTexts), fc.string({ maxLength: 80 }))
  .map((text) => text.replaceAll(/[^\u0020-\u007e\u0080-\u00ff]/g, '?').trim());

const SIGNATURES = {
  current: (body: Buffer) => sign(body, CURRENT),
  previous: (body: Buffer) => sign(body, PREVIOUS),
  'of another secret': (body: Buffer) => sign(body, 'another secret'),
  'of another body': (body: Buffer) => sign(Buffer.concat([body, Buffer.from(' ')]), CURRENT),
  'in upper case': (body: Buffer) => sign(body, CURRENT).toUpperCase(),
  short: (body: Buffer) => sign(body, CURRENT).slice(0, -1),
  'of an old algorithm': (body: Buffer) => `sha1=${createHmac('sha1', CURRENT).update(body).digest('hex')}`,
  none: () => undefined,
} satisfies Record<string, (body: Buffer) => string | undefined>;
type Signature = keyof typeof SIGNATURES | { header: string };
const isGenuine = (signature: Signature): boolean => signature === 'current' || signature === 'previous';

interface Delivery {
  event: string;
  body: string;
  signature: Signature;
  headers: Record<string, string>;
}

const body = fc.oneof(
  { arbitrary: mutateJson(payloads).map(([{ event }, mutated]) => ({ event, body: textOf(mutated) })), weight: 3 },
  {
    arbitrary: fc.oneof(
      ...payloads.map(({ event, payload }) =>
        mutateText([JSON.stringify(payload, null, 1)]).map((text) => ({ event, body: text })),
      ),
    ),
    weight: 1,
  },
);

/** The payload may have been replaced by anything. */
function textOf(mutated: unknown): string {
  const payload = typeof mutated === 'object' && mutated !== null && 'payload' in mutated ? mutated.payload : mutated;
  return (JSON.stringify(payload) ?? 'null').slice(0, MAX_BODY);
}

const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    sent: body,
    otherEvent: fc.option(headerText, { freq: 8 }),
    signature: fc.oneof(
      { arbitrary: fc.constant<Signature>('current'), weight: 6 },
      { arbitrary: fc.constantFrom(...(Object.keys(SIGNATURES) as (keyof typeof SIGNATURES)[])), weight: 2 },
      { arbitrary: headerText.map((header): Signature => ({ header })), weight: 1 },
    ),
    delivery: headerText,
    length: fc.option(fc.constantFrom('-1', '1e9', 'NaN', '99999999999', '0'), { freq: 20 }),
  })
  .map(({ sent, otherEvent, signature, delivery: id, length }) => ({
    event: otherEvent ?? sent.event,
    body: sent.body,
    signature,
    headers: { 'x-github-delivery': id, ...(length === null ? {} : { 'content-length': length }) },
  }));

export const webhook: Target<Delivery> = {
  name: 'webhooks',
  share: 0.3,
  inputs: delivery,
  async run({ event, body: text, signature, headers }) {
    const bytes = Buffer.from(text);
    const value = typeof signature === 'object' ? signature.header : SIGNATURES[signature](bytes);
    const before = rang;
    const answer = await route.request('/webhooks/github', {
      method: 'POST',
      body: bytes,
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        ...headers,
        ...(value === undefined ? {} : { 'x-hub-signature-256': value }),
      },
    });
    if (!ANSWERS.has(answer.status)) throw new Error(`answered ${answer.status}`);
    if (isGenuine(signature)) return;
    if (answer.status !== 401 && answer.status !== 413) throw new Error(`a forgery was answered ${answer.status}`);
    if (rang !== before) throw new Error('a forgery rang');
  },
};
