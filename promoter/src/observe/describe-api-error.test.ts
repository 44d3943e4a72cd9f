import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { linesOf } from '../../test/recording.ts';
import { describeApiError, statusCodeOf } from './describe-api-error.ts';

const Exchange = z.object({ title: z.string(), status: z.string(), body: z.string().optional() });
const exchanges = linesOf('15-http', 'http.jsonl', Exchange);

/** As the client throws it: the whole answer is in the message. */
function thrownFor(title: string): Error {
  const found = exchanges.find((exchange) => exchange.title.startsWith(title));
  const code = Number(found?.status.split(' ')[1]);
  return Object.assign(new Error(`HTTP-Code: ${code}\nBody: ${found?.body}\nHeaders: {"audit-id":"1"}`), {
    code,
    body: found?.body,
  });
}

describe('what a real API server answered is one line', () => {
  it.each([
    [
      'GET of a Deployment in a namespace where nothing is granted',
      403,
      'forbidden: deployments.apps "web" is forbidden: User "system:serviceaccount:promoter:promoter" cannot get resource "deployments" in API group "apps" in the namespace "web-update-dev"',
    ],
    ['a token that is not valid', 401, 'HTTP 401: Unauthorized'],
    ['GET of an Application that does not exist', 404, 'HTTP 404: applications.argoproj.io "nobody" not found'],
  ])('%s', (title, code, text) => {
    expect(statusCodeOf(thrownFor(title))).toBe(code);
    expect(describeApiError(thrownFor(title))).toBe(text);
  });
});

describe('an error of the client', () => {
  it.each<[string, unknown, string]>([
    [
      'of a watch, which has no body',
      Object.assign(new Error('Forbidden'), { statusCode: 403 }),
      'forbidden: Forbidden',
    ],
    ['with a body that is text', { code: 404, body: '404 page not found\n' }, 'HTTP 404: 404 page not found'],
    ['with a body that was parsed', { code: 500, body: { message: 'etcd is gone' } }, 'HTTP 500: etcd is gone'],
    ['without an answer', new Error('connect ECONNREFUSED\nat net.js'), 'connect ECONNREFUSED'],
    ['that is no error', 'nothing', 'nothing'],
    ['of any length', new Error('x'.repeat(1_000)), `${'x'.repeat(300)}...`],
  ])('%s, is one line', (_case, error, text) => {
    expect(describeApiError(error)).toBe(text);
  });
});
