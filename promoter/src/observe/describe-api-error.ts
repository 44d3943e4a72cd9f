// What the API server answered, in one line: its client's messages hold the whole HTTP answer, with every header.
import { z } from 'zod';

const MAX_LENGTH = 300;

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const Status = z.object({ message: z.string() });
const Answer = z.object({ code: z.number(), body: z.unknown() });
const WatchError = z.object({ statusCode: z.number(), message: z.string() });

/** @returns the HTTP status of an answer; undefined where none came. */
export function statusCodeOf(error: unknown): number | undefined {
  return Answer.safeParse(error).data?.code ?? WatchError.safeParse(error).data?.statusCode;
}

export function describeApiError(error: unknown): string {
  const code = statusCodeOf(error);
  const said = statusMessage(Answer.safeParse(error).data?.body) ?? firstLine(error);
  const text = code === undefined ? said : code === 403 ? `forbidden: ${said}` : `HTTP ${code}: ${said}`;
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text;
}

function statusMessage(body: unknown): string | undefined {
  if (typeof body !== 'string') return Status.safeParse(body).data?.message;
  try {
    return Status.safeParse(JSON.parse(body)).data?.message ?? body.trim();
  } catch {
    return body.trim() === '' ? undefined : body.trim();
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}
