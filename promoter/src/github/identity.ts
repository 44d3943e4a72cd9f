// Who the promoter is on GitHub, and which commits GitHub says that it made. What a commit says of itself is a claim: its author is a
// text that anybody can write. GitHub signs what an App commits through its API, and only with the author that it authenticated.
// https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
import { z } from 'zod';
import { toPromoterError } from './errors.ts';
import type { GitHub } from './client.ts';

export interface Identity {
  kind: 'app' | 'user';
  /** Without the `[bot]` that REST appends for an App. */
  login: string;
  /** Of the addresses that GitHub gives to Apps: github.com, or that of an enterprise's own GitHub. */
  host: string;
}

/** Enterprise Server answers at HOST/api/v3, GHE.com at api.HOST: https://docs.github.com/enterprise-server/rest/overview */
export function hostOf(apiUrl: string): string {
  const { hostname, pathname } = new URL(apiUrl);
  if (hostname.startsWith('api.')) return hostname.slice('api.'.length);
  return /\/api\/v3\/?$/.test(pathname) ? hostname : 'github.com';
}

/** What GraphQL says of who made a commit; the fields of a query, and their schema. */
export const AUTHORSHIP_FIELDS = 'author { name email user { login } } signature { isValid wasSignedByGitHub }';
export const Authorship = z.object({
  author: z
    .object({
      name: z.string().nullable(),
      email: z.string().nullable(),
      user: z.object({ login: z.string() }).nullable(),
    })
    .nullable(),
  signature: z.object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean() }).nullable(),
});
export type Authorship = z.infer<typeof Authorship>;

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether GitHub says that we made this commit: for an App by its signature, for a token by the account of the author. */
export function isMadeBy({ kind, login, host }: Identity, { author, signature }: Authorship): boolean {
  if (!author) return false;
  if (kind === 'user') return author.user !== null && isSame(author.user.login, login);
  const [, of, at] = /^\d+\+(.+)\[bot\]@users\.noreply\.([^@]+)$/.exec(author.email ?? '') ?? [];
  return (
    of !== undefined && at === host && isSame(of, login) && signature?.isValid === true && signature.wasSignedByGitHub
  );
}

export interface ActorNode {
  login: string;
  kind: string;
}

/** Whether an actor of GraphQL, such as who merged a pull request, is us. */
export function isActor({ kind, login }: Identity, actor: ActorNode | null): boolean {
  return actor !== null && isSame(actor.login, login) && (actor.kind === 'Bot') === (kind === 'app');
}

/** @param app the App's own client; undefined with a token. Asked once; a failure is asked again. */
export function createIdentityReader(
  app: GitHub | undefined,
  github: () => Promise<GitHub>,
  host: string,
): () => Promise<Identity> {
  let known: Promise<Identity> | undefined;
  const read = async (): Promise<Identity> => {
    try {
      if (!app) {
        const { viewer } = await (
          await github()
        ).graphql<{ viewer: { login: string } }>('query Viewer { viewer { login } }');
        return { kind: 'user', login: viewer.login, host };
      }
      const { data } = await app.rest.apps.getAuthenticated();
      return { kind: 'app', login: z.object({ slug: z.string() }).parse(data).slug, host };
    } catch (error) {
      throw toPromoterError('read who the promoter is', error);
    }
  };
  return () => {
    known ??= read();
    known.catch(() => (known = undefined));
    return known;
  };
}
