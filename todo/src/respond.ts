// Responses of the API, for any origin (CORS).
// A plain Response with a plain object of headers: anything that touches headers later (hono/cors, c.header) makes @hono/node-server
// build undici's Request, Response and Headers for every request, which halves the throughput (bench/README.md).

const EXPOSED = 'etag, link, location, retry-after, idempotent-replayed, ratelimit, ratelimit-policy';

export type ResponseHeaders = Record<string, string>;

export const JSON_TYPE = 'application/json';

/** @param body undefined for responses without one. */
export function respond(status: number, body?: string, headers: ResponseHeaders = {}): Response {
  return new Response(body ?? null, {
    status,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': EXPOSED,
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}

export function respondJson(status: number, value: unknown, headers: ResponseHeaders = {}): Response {
  return respond(status, JSON.stringify(value), { 'content-type': JSON_TYPE, ...headers });
}

/** A browser sends this before anything but a simple request: https://fetch.spec.whatwg.org/#cors-preflight-fetch */
export function respondToPreflight(): Response {
  return respond(204, undefined, {
    'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
    'access-control-allow-headers': 'content-type, idempotency-key, if-match, if-none-match, traceparent, tracestate',
    'access-control-max-age': '86400',
  });
}
