// POST /webhooks/github. Headers first: what cannot be a delivery of GitHub is answered before a byte of its body is read. Then the
// body within its bounds, the signature over it, one parse, a ring, and 202. Every delivery ends in exactly one outcome.
import type { Logger } from '@delivery/telemetry/logger';
import { releaseTraceId } from '@delivery/telemetry/release';
import { type Context, Hono } from 'hono';
import type { Secret } from '../config.ts';
import type { SourceFact } from '../trace/facts.ts';
import type { Env } from './answer-failure.ts';
import { nodeSource, webSource } from './body-source.ts';
import { type EventLabel, eventLabel } from './event-name.ts';
import { type EventContext, parseDelivery, type PromotionEvent } from './parse-delivery.ts';
import { type BodyBounds, type BodyOutcome, createBodyReader } from './read-body.ts';
import { createRefusalLog, type Refusal } from './refusal-log.ts';
import { createSignatureCheck, wellFormedSignature } from './signature.ts';
import type { Taken } from './take-event.ts';

const MEBIBYTE = 1024 * 1024;
const BOUNDS: BodyBounds = {
  maxBytes: 25 * MEBIBYTE, // GitHub sends no payload above this
  maxBytesInFlight: 64 * MEBIBYTE,
  deadlineMs: 10_000, // when GitHub gives up
};
const RETRY_AFTER_SECONDS = '10';
const LINES_PER_SECOND = 10;

/** `aborted`: the sender went away before its body was complete. */
export type Outcome = 'queued' | 'ignored' | 'rejected' | 'aborted';

export interface WebhookDeps {
  /** The current one, and during rotation the previous one. */
  secrets: readonly [Secret, ...Secret[]];
  context: EventContext;
  take(event: PromotionEvent): Taken;
  onOutcome(event: EventLabel, outcome: Outcome): void;
  /** Called with everything that is signed: what decides nothing may still be part of a release's timeline. */
  onFact(fact: SourceFact): void;
  clock: () => Date;
  logger: Logger;
  bounds?: BodyBounds;
}

const UNSIGNED: Refusal = { status: 401, reason: 'the signature is missing or wrong' };
const NOT_JSON = 'the body is not JSON; set the content type of the webhook to application/json';

/** Why the headers alone say that the body need not be read. */
function refuseHeaders(c: Context<Env>, maxBytes: number): Refusal | undefined {
  if (wellFormedSignature(c.req.header('x-hub-signature-256')) === undefined) return UNSIGNED;
  if (!/^application\/json(?:\s*;|$)/i.test(c.req.header('content-type') ?? ''))
    return { status: 415, reason: NOT_JSON };
  if (Number(c.req.header('content-length') ?? 0) > maxBytes) return tooLarge(maxBytes);
  return undefined;
}

const tooLarge = (maxBytes: number): Refusal => ({ status: 413, reason: `the body has more than ${maxBytes} bytes` });

function refuseBody({ kind }: Exclude<BodyOutcome, { kind: 'read' | 'aborted' }>, bounds: BodyBounds): Refusal {
  if (kind === 'too large') return tooLarge(bounds.maxBytes);
  if (kind === 'too slow') return { status: 408, reason: `the body was not complete within ${bounds.deadlineMs} ms` };
  return { status: 503, reason: 'too many bytes are being received; the delivery log of GitHub keeps the event' };
}

export function webhookRoute(deps: WebhookDeps): Hono<Env> {
  const { context, take, onOutcome, onFact, clock, logger, bounds = BOUNDS } = deps;
  const bodies = createBodyReader(bounds);
  const isSigned = createSignatureCheck(deps.secrets);
  const logRefusal = createRefusalLog(logger);
  const isQuiet = createLineBudget(clock);

  /** Of a request that is not signed nothing is kept but that it came, and its connection is closed: the rest of its body is not read. */
  function refuse(refusal: Refusal): Response {
    const { status, reason } = refusal;
    logRefusal(refusal);
    onOutcome('unknown', 'rejected');
    const headers = { connection: 'close', ...(status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}) };
    return answer(status, { outcome: 'rejected', reason }, headers);
  }

  async function receive(c: Context<Env>): Promise<Response> {
    const incoming = c.env?.incoming;
    const declared = c.req.header('content-length');
    const source = incoming ? nodeSource(incoming) : webSource(c.req.raw.body);
    const body = await bodies.read(source, declared === undefined ? undefined : Number(declared));
    if (body.kind === 'aborted') {
      onOutcome('unknown', 'aborted');
      return c.body(null, 400); // nobody reads it
    }
    if (body.kind !== 'read') return refuse(refuseBody(body, bounds));
    const text = body.bytes.toString();
    const signature = wellFormedSignature(c.req.header('x-hub-signature-256')) ?? '';
    return (await isSigned(text, signature)) ? acceptDelivery(c, text) : refuse(UNSIGNED);
  }

  function acceptDelivery(c: Context<Env>, text: string): Response {
    const event = eventLabel(c.req.header('x-github-event'));
    const delivery = plain(c.req.header('x-github-delivery'));

    const payload = parseJson(text);
    if (payload === undefined) return reject(400, NOT_JSON);
    const parsed = parseDelivery(event, payload, context, clock().getTime());
    if (parsed.fact) onFact(parsed.fact);
    if (parsed.event.kind === 'ignored') return ignore(parsed.event.reason);
    const taken = take(parsed.event);
    if (taken.kind === 'ignored') return ignore(taken.reason);
    if (taken.kind === 'full') return reject(503, 'the inbox is full; the delivery log of GitHub keeps the event');
    onOutcome(event, 'queued');
    const level = isQuiet() ? 'info' : 'debug';
    const fields = { event, delivery, kind: parsed.event.kind, stage: 'accept', ...releaseIds(parsed.fact) };
    logger[level](fields, 'delivery queued');
    return answer(202, { outcome: 'queued' });

    function ignore(reason: string): Response {
      onOutcome(event, 'ignored');
      logger.debug({ event, delivery, reason, stage: 'accept', ...releaseIds(parsed.fact) }, 'delivery ignored');
      return answer(202, { outcome: 'ignored', reason });
    }

    function reject(status: 400 | 503, reason: string): Response {
      logger.warn({ status, event, delivery, stage: 'accept' }, reason);
      onOutcome(event, 'rejected');
      return answer(status, { outcome: 'rejected', reason });
    }
  }

  return new Hono<Env>().post('/webhooks/github', (c) => {
    const refusal = refuseHeaders(c, bounds.maxBytes);
    return refusal ? refuse(refusal) : receive(c);
  });
}

/** Leads from the line to the trace of the release, where the delivery says which commit it is about. */
function releaseIds(fact: SourceFact | undefined): { trace_id?: string } {
  return fact && 'commit' in fact ? { trace_id: releaseTraceId(fact.repositoryUrl, fact.commit) } : {};
}

/**
 * A line costs more than the parse of its delivery. On an ordinary day every queued delivery has one; in a flood ten of each second have,
 * the others at debug, and the counter of outcomes has all of them.
 */
function createLineBudget(clock: () => Date): () => boolean {
  let second = 0;
  let lines = 0;
  return () => {
    const now = Math.floor(clock().getTime() / 1_000);
    if (now !== second) [second, lines] = [now, 0];
    lines += 1;
    return lines <= LINES_PER_SECOND;
  };
}

/** A delivery's id becomes a log field only in the form that GitHub gives it. */
const plain = (header: string | undefined): string =>
  header !== undefined && /^[\w-]{1,64}$/.test(header) ? header : 'unknown';

/** As `c.json` answers, without a Headers object, which a Node server would only take apart again. */
const answer = (
  status: number,
  body: { outcome: Outcome; reason?: string },
  headers: Record<string, string> = {},
): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

/** @returns undefined for what is not JSON, which never is the value of any. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
