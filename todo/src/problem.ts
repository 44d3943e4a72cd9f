// Errors as problem details (RFC 9457), in one shape for every route.
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Context } from 'hono';
import { z } from 'zod';
import { respond, type ResponseHeaders } from './respond.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export const Problem = z
  .object({
    type: z.literal('about:blank'),
    status: z.int(),
    title: z.string(),
    detail: z.string().meta({ description: 'What was wrong, and how to fix it.' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields, parameters or headers that were wrong.' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
export type FieldError = NonNullable<Problem['errors']>[number];

const TITLES = {
  400: 'Bad request',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
} as const satisfies Partial<Record<ContentfulStatusCode, string>>;
export type ProblemStatus = keyof typeof TITLES;

export interface ProblemExtras {
  errors?: FieldError[];
  headers?: ResponseHeaders;
}

export function problem(status: ProblemStatus, detail: string, { errors, headers }: ProblemExtras = {}): Response {
  const body: Problem = {
    type: 'about:blank',
    status,
    title: TITLES[status],
    detail,
    ...(errors ? { errors } : {}),
  };
  return respond(status, JSON.stringify(body), { ...headers, 'content-type': PROBLEM_TYPE });
}

/** @param whole the name to use where the value as a whole is wrong, not one of its fields. */
export function fieldErrors(error: z.ZodError, whole: string): FieldError[] {
  return error.issues.map((issue) => ({ field: issue.path.join('.') || whole, message: issue.message }));
}

/** @param allow the allowed methods, as in the Allow header. */
export function methodNotAllowed(c: Context, allow: string): Response {
  return problem(405, `${c.req.method} is not allowed here.`, { headers: { allow } });
}
