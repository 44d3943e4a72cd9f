// Body, query and headers of a request -> values, or the problem to respond with.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { fieldErrors, problem } from '../problem.ts';
import type { VersionCondition } from './entity-tag.ts';
import { parseIfMatch } from './entity-tag.ts';
import type { NewTodo } from './todo.ts';
import type { Idempotency } from './todo-statements.ts';

const BODY_LIMIT_BYTES = 64 * 1024;
/** `application/json`, with any parameters. */
const JSON_TYPE = /^application\/json\s*(;|$)/i;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
/** Integers that JavaScript represents exactly; no other id exists. */
const ID = /^[1-9]\d{0,15}$/;

const tooLarge = (): Response => problem(413, `The body may have at most ${BODY_LIMIT_BYTES} bytes.`);
const limitStreamed = bodyLimit({ maxSize: BODY_LIMIT_BYTES, onError: tooLarge });
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export function readId(c: Context): number | undefined {
  const text = c.req.param('id');
  if (text === undefined || !ID.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}

export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.infer<Schema> | Response> {
  const type = c.req.header('content-type');
  if (type === undefined || !JSON_TYPE.test(type)) {
    const header = c.req.method === 'PATCH' ? 'accept-patch' : 'accept-post';
    return problem(415, 'Send the body as application/json.', { headers: { [header]: 'application/json' } });
  }
  const encoding = c.req.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    // https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3-11
    return problem(415, 'Send the body without a Content-Encoding.', { headers: { 'accept-encoding': 'identity' } });
  }
  if (Number(c.req.header('content-length') ?? 0) > BODY_LIMIT_BYTES) return tooLarge();
  let body: unknown;
  try {
    // A client that breaks off in the middle ends here too: with 400, which nobody receives.
    if (c.req.header('transfer-encoding') !== undefined) {
      // Counts the bytes as they arrive, for which it builds an undici Request: only used where the length is not declared.
      const refused = await limitStreamed(c, () => Promise.resolve());
      if (refused) return refused;
    }
    body = JSON.parse(utf8.decode(await c.req.arrayBuffer()));
  } catch {
    return problem(400, 'The body is not JSON in UTF-8.');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  return problem(422, 'The body is not valid.', { errors: fieldErrors(parsed.error, '(body)') });
}

function isWellFormed(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.infer<Schema> | Response {
  if (!isWellFormed(c.req.url)) {
    return problem(400, 'The query is not valid.', {
      errors: [{ field: '(query)', message: 'must be percent-encoded UTF-8' }],
    });
  }
  const query = c.req.queries();
  const repeated = Object.keys(query).filter((name) => (query[name]?.length ?? 0) > 1);
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(query).map(([name, [value]]) => [name, value])));
  if (parsed.success && repeated.length === 0) return parsed.data;
  const errors = [
    ...repeated.map((field) => ({ field, message: 'must be given once' })),
    ...(parsed.success ? [] : fieldErrors(parsed.error, '(query)')),
  ];
  return problem(400, 'The query is not valid.', { errors });
}

/** If-Match; without the header, any version. */
export function readCondition(c: Context): VersionCondition | Response {
  const header = c.req.header('if-match');
  if (header === undefined) return 'any';
  return (
    parseIfMatch(header) ??
    problem(400, 'If-Match is not valid.', {
      errors: [{ field: 'If-Match', message: 'must be * or a list of entity tags in quotes' }],
    })
  );
}

/** Idempotency-Key; undefined without the header. */
export function readIdempotency(c: Context, todo: NewTodo): Idempotency | Response | undefined {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return undefined;
  if (!IDEMPOTENCY_KEY.test(key)) {
    return problem(400, 'Idempotency-Key is not valid.', {
      errors: [{ field: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters, a UUID for example' }],
    });
  }
  const request = JSON.stringify([todo.title, todo.completed, todo.order]);
  return { key, fingerprint: createHash('sha256').update(request).digest('hex') };
}
