// The query parameters of the list, and the URLs of its pages.
import { z } from 'zod';
import { documentedAs } from '../api-document/documented-as.ts';
import { PlainText } from './todo.ts';

export const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const CURSOR_TEXT = /^after:([1-9]\d{0,15})$/;

/** Opaque to clients, so that the order of the list can change one day. */
function encodeCursor(afterId: number): string {
  return Buffer.from(`after:${afterId}`).toString('base64url');
}

function decodeCursor(cursor: string): number | undefined {
  const id = Number(CURSOR_TEXT.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1]);
  return Number.isSafeInteger(id) ? id : undefined;
}

const Cursor = z
  .string()
  .transform((cursor, context) => {
    const afterId = decodeCursor(cursor);
    if (afterId === undefined) context.addIssue('must come from a Link header of this service');
    return afterId ?? 0;
  })
  .meta(documentedAs({ type: 'string', minLength: 1, description: 'Where the page starts; from a Link header.' }));

const Limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, `must be a whole number from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .refine((limit) => limit <= MAX_LIMIT, `must be a whole number from 1 to ${MAX_LIMIT}`)
  .meta(
    documentedAs({
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
      description: 'The most todos on a page.',
    }),
  );

const Completed = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((text) => text === 'true')
  .meta(documentedAs({ type: 'boolean', description: 'Only completed todos, or only open ones.' }));

export const ListQuery = z.strictObject({
  completed: Completed.optional(),
  q: PlainText.meta({ description: 'Only todos whose title contains this, ignoring case.' }).optional(),
  limit: Limit.optional(),
  cursor: Cursor.optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

export const RemoveQuery = z.strictObject({ completed: Completed.optional() });

/** The Link header (RFC 8288) of one page. @param next the last id on this page, if there are more pages. */
export function pageLinks(collectionUrl: string, query: ListQuery, next: number | undefined): string {
  const page = (cursor: number | undefined): string => {
    const parameters = new URLSearchParams();
    if (query.completed !== undefined) parameters.set('completed', String(query.completed));
    if (query.q !== undefined) parameters.set('q', query.q);
    if (query.limit !== undefined) parameters.set('limit', String(query.limit));
    if (cursor !== undefined) parameters.set('cursor', encodeCursor(cursor));
    return parameters.size === 0 ? collectionUrl : `${collectionUrl}?${parameters.toString()}`;
  };
  const first = `<${page(undefined)}>; rel="first"`;
  return next === undefined ? first : `${first}, <${page(next)}>; rel="next"`;
}
