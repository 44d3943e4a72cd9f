// POST /webhooks/github: size cap, signature over the raw bytes, parse, ring, 202. Every delivery ends in exactly one outcome.
import type { Logger } from '@delivery/telemetry/logger';
import { verifyWithFallback } from '@octokit/webhooks-methods';
import { type Context, Hono } from 'hono';
import type { Secret } from '../config.ts';
import type { SourceFact } from '../trace/facts.ts';
import { type EventContext, parseDelivery, type PromotionEvent } from './parse-delivery.ts';
import type { Taken } from './take-event.ts';

/** GitHub sends no payload above this. */
const BODY_LIMIT_BYTES = 25 * 1024 * 1024;

export type Outcome = 'queued' | 'ignored' | 'rejected';

export interface WebhookDeps {
  /** The current one, and during rotation the previous one. */
  secrets: readonly [Secret, ...Secret[]];
  context: EventContext;
  take(event: PromotionEvent): Taken;
  onOutcome(event: string, outcome: Outcome): void;
  /** Called with everything that is signed: what decides nothing may still be part of a release's timeline. */
  onFact(fact: SourceFact): void;
  clock: () => Date;
  logger: Logger;
}

type Rejection = { status: 400 | 401 | 413 | 503; reason: string };

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
const plain = (header: string | undefined): string =>
  header !== undefined && /^[\w-]{1,64}$/.test(header) ? header : 'unknown';

export function webhookRoute({ secrets, context, take, onOutcome, onFact, clock, logger }: WebhookDeps): Hono {
  const [current, ...previous] = secrets;
  const fallbacks = previous.map((secret) => secret.reveal());

  async function isSigned(text: string, signature: string | undefined): Promise<boolean> {
    if (signature === undefined || !/^sha256=[0-9a-f]{64}$/.test(signature)) return false;
    if (text === '') return false; // the check throws for it, and GitHub never sends it
    return verifyWithFallback(current.reveal(), text, signature, fallbacks);
  }

  /** The signed text of a delivery, or why there is none. */
  async function readSigned(c: Context): Promise<string | Rejection> {
    const body = await readBody(c.req.raw);
    if (!body) return { status: 413, reason: `the body has more than ${BODY_LIMIT_BYTES} bytes` };
    const text = body.toString();
    if (!(await isSigned(text, c.req.header('x-hub-signature-256'))))
      return { status: 401, reason: 'the signature is missing or wrong' };
    return text;
  }

  return new Hono().post('/webhooks/github', async (c) => {
    const event = plain(c.req.header('x-github-event'));
    const delivery = plain(c.req.header('x-github-delivery'));

    const text = await readSigned(c);
    if (typeof text !== 'string') return reject(text);
    const payload = parseJson(text);
    if (payload === undefined)
      return reject({ status: 400, reason: 'the body is not JSON; set the webhook content type to application/json' });

    const parsed = parseDelivery(event, payload, context, clock().getTime());
    if (parsed.fact) onFact(parsed.fact);
    if (parsed.event.kind === 'ignored') return ignore(parsed.event.reason);
    const taken = take(parsed.event);
    if (taken.kind === 'ignored') return ignore(taken.reason);
    if (taken.kind === 'full')
      return reject({ status: 503, reason: 'the inbox is full; the delivery log of GitHub keeps the event' });
    onOutcome(event, 'queued');
    logger.info({ event, delivery, kind: parsed.event.kind, stage: 'accept' }, 'delivery queued');
    return c.json({ outcome: 'queued' }, 202);

    function ignore(reason: string): Response {
      onOutcome(event, 'ignored');
      logger.debug({ event, delivery, reason, stage: 'accept' }, 'delivery ignored');
      return c.json({ outcome: 'ignored', reason }, 202);
    }

    function reject({ status, reason }: Rejection): Response {
      // Of an unsigned delivery nothing is kept but that it came.
      logger.warn(status === 401 ? { status } : { status, event, delivery }, reason);
      onOutcome(status === 401 ? 'unknown' : event, 'rejected');
      return c.json({ outcome: 'rejected', reason }, status);
    }
  });
}

/** @returns undefined for what is not JSON, which never is the value of any. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
