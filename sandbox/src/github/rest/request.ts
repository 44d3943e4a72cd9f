// What every REST route does first: parse the request, find the repository, check the caller.
import type { Context } from 'hono';
import type { z } from 'zod';
import { authorize, type Caller, type Scope } from '../callers.ts';
import { ApiError, notFound, validationFailed } from '../errors.ts';
import type { Hub } from '../hub.ts';
import { routeRepository } from '../route-repository.ts';
import type { Account, Repository } from '../world.ts';

export interface Env {
  Variables: { caller: Caller };
}
export type Ctx = Context<Env>;

/** Parses the body. @throws ApiError 400 or 422 with GitHub's message. */
export async function body<Schema extends z.ZodType>(c: Ctx, schema: Schema): Promise<z.infer<Schema>> {
  const text = await c.req.text();
  let parsed: unknown;
  try {
    parsed = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(400, 'Problems parsing JSON');
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  throw validationFailed(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

/** @throws ApiError 401, 403 or 404 */
export function writable(hub: Hub, c: Ctx, scope: Scope): { repository: Repository; actor: Account } {
  const found = routeRepository(hub, c);
  return { repository: found, actor: authorize(c.get('caller'), found, scope, 'write') };
}

export function number(c: Ctx, name: string): number {
  const text = c.req.param(name);
  if (text === undefined || !/^\d+$/.test(text)) throw notFound();
  return Number(text);
}

/** Returns one page of a list and sets GitHub's `Link` header. */
export function page<Item>(c: Ctx, items: readonly Item[]): Item[] {
  const perPage = Math.min(Math.max(Number(c.req.query('per_page') ?? 30) || 30, 1), 100);
  const current = Math.max(Number(c.req.query('page') ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / perPage), 1);
  const link = (target: number, relation: string): string => {
    const url = new URL(c.req.url);
    url.searchParams.set('page', String(target));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links: string[] = [];
  if (current > 1) links.push(link(current - 1, 'prev'));
  if (current < last) links.push(link(current + 1, 'next'), link(last, 'last'));
  if (links.length > 0) c.header('link', links.join(', '));
  return items.slice((current - 1) * perPage, current * perPage);
}
