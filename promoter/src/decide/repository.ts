// owner/name, parsed where it comes in and never again.
import { z } from 'zod';

/** A repository of GitHub, which does not distinguish the case of either. */
export interface Repository {
  owner: string;
  name: string;
}

/** `owner/name` as text. */
export const RepositoryName = z.string().transform((text, context): Repository => {
  const [, owner, name] = /^([^/\s]+)\/([^/\s]+)$/.exec(text) ?? [];
  if (owner !== undefined && name !== undefined) return { owner, name };
  context.addIssue({ code: 'custom', message: 'must be owner/name' });
  return z.NEVER;
});

export const fullName = ({ owner, name }: Repository): string => `${owner}/${name}`;

export const isSameRepository = (one: Repository, other: Repository): boolean =>
  fullName(one).toLowerCase() === fullName(other).toLowerCase();
