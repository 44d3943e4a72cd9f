// POST /webhooks/github: size cap, signature over the raw bytes, parse, ring, 202. Every delivery ends in exactly one outcome.
import { verifyWithFallback } from '@octokit/webhooks-methods';
import { Hono } from 'hono';
import type { Logger } from '@delivery/telemetry/logger';
import type { Secret } from '../config.ts';
import { type EventContext, parseEvent, type PromotionEvent } from './parse-event.ts';
import { parseSourceFact } from './parse-source-fact.ts';
import type { SourceFact } from '../trace/facts.ts';

/** GitHub sends no payload above this. */
const BODY_LIMIT_BYTES = 25 * 1024 * 1024;

export type Outcome = 'queued' | 'ignored' | 'rejected';

export interface WebhookDeps {
  /** The current one, and during rotation the previous one. */
  secrets: readonly Secret[];
  context: EventContext;
  /** @returns why the event was not taken, or undefined when it was. */
  take(event: PromotionEvent): string | undefined;
  onOutcome(event: string, outcome: Outcome): void;
  /** Called with everything that is signed: what decides nothing may still tell something. */
  onFact(fact: SourceFact): void;
  clock: () => Date;
  logger: Logger;
}

/** The body, or undefined when it is larger than the limit: a declared length is not trusted, and not needed. */
async function readBody(request: Request): Promise<Buffer | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_LIMIT_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Header values become log fields and metric labels only in the form that GitHub gives them. */
const plain = (header: string | undefined): string => (/^[\w-]{1,64}$/.test(header ?? '') ? (header ?? '') : 'unknown');

export function webhookRoute({ secrets, context, take, onOutcome, onFact, clock, logger }: WebhookDeps): Hono {
  const [current, ...previous] = secrets.map((secret) => secret.reveal());

  return new Hono().post('/webhooks/github', async (c) => {
    const event = plain(c.req.header('x-github-event'));
    const delivery = plain(c.req.header('x-github-delivery'));
    const reject = (status: 400 | 401 | 413 | 503, reason: string): Response => {
      // Of an unsigned delivery nothing is kept but that it came.
      logger.warn(status === 401 ? { status } : { status, event, delivery }, reason);
      onOutcome(status === 401 ? 'unknown' : event, 'rejected');
      return c.json({ outcome: 'rejected', reason }, status);
    };

    const body = await readBody(c.req.raw);
    if (!body) return reject(413, `the body has more than ${BODY_LIMIT_BYTES} bytes`);
    const signature = c.req.header('x-hub-signature-256') ?? '';
    const text = body.toString();
    const isSigned =
      Boolean(current) &&
      /^sha256=[0-9a-f]{64}$/.test(signature) &&
      (await verifyWithFallback(current ?? '', text, signature, previous));
    if (!isSigned) return reject(401, 'the signature is missing or wrong');
    let payload: unknown;
    try {
      payload = JSON.parse(text);
    } catch {
      return reject(400, 'the body is not JSON; set the webhook content type to application/json');
    }

    const fact = parseSourceFact(event, payload, clock().getTime());
    if (fact) onFact(fact);
    const parsed = parseEvent(event, payload, context);
    const refusal = parsed.kind === 'ignored' ? parsed.reason : undefined;
    if (parsed.kind !== 'ignored') {
      const notTaken = take(parsed);
      if (notTaken === 'full') return reject(503, 'the inbox is full; the delivery log of GitHub keeps the event');
      if (notTaken === undefined) {
        onOutcome(event, 'queued');
        logger.info({ event, delivery, kind: parsed.kind, stage: 'accept' }, 'delivery queued');
        return c.json({ outcome: 'queued' }, 202);
      }
      return ignore(notTaken);
    }
    return ignore(refusal ?? '');

    function ignore(reason: string): Response {
      onOutcome(event, 'ignored');
      logger.debug({ event, delivery, reason, stage: 'accept' }, 'delivery ignored');
      return c.json({ outcome: 'ignored', reason }, 202);
    }
  });
}
