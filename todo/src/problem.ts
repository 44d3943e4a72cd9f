// Errors as problem details (RFC 9457), in one shape for every route.
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';

export interface Problem {
  type: 'about:blank';
  status: number;
  title: string;
  detail: string;
  errors?: { field: string; message: string }[];
}

const TITLES: Partial<Record<number, string>> = {
  400: 'Bad request',
  404: 'Not found',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  500: 'Internal server error',
  503: 'Service unavailable',
};

export function problem(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  errors?: Problem['errors'],
): Response {
  const body: Problem = {
    type: 'about:blank',
    status,
    title: TITLES[status] ?? 'Error',
    detail,
    ...(errors ? { errors } : {}),
  };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

export function invalid(c: Context, error: z.ZodError): Response {
  const errors = error.issues.map((issue) => ({ field: issue.path.join('.') || '(body)', message: issue.message }));
  return problem(c, 422, 'The body is not a valid todo.', errors);
}
