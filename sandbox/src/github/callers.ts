// Identifies the caller: nobody, a person (token), the App (JWT), or its installation (token).
import { createPublicKey, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import { ApiError, forbidden } from './errors.ts';
import { type Account, fullName, type Permission, type Repository, type World } from './world.ts';

export type Scope =
  | 'contents'
  | 'pull_requests'
  | 'checks'
  | 'statuses'
  | 'deployments'
  | 'metadata'
  | 'packages'
  | 'members'
  | 'actions'
  | 'administration';
export type Grants = Partial<Record<Scope, 'read' | 'write'>>;

export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'person'; account: Account }
  | { kind: 'app' }
  | { kind: 'installation'; account: Account; grants: Grants; repositories: string[] | null };

export interface App {
  id: number;
  slug: string;
  publicKeyPem: string;
  installationId: number;
  organization: string;
  grants: Grants;
  /** The events that its owner accepted; by default all that it asks for. */
  events?: readonly string[];
  /** Names of the repositories that it is installed for; by default all. */
  repositories?: readonly string[];
  suspendedAt?: string;
}

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
const LEVELS: readonly Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

export interface CallerRegistry {
  /** @throws ApiError 401 when the credentials are wrong; without credentials the caller is anonymous. */
  identify(authorization: string | undefined): Promise<Caller>;
  /** Tokens that were issued end at once, as when somebody revokes them or removes the App. */
  revokeInstallationTokens(): void;
  issueInstallationToken(request: { repositories?: string[]; permissions?: Grants }): {
    token: string;
    expiresAt: Date;
    grants: Grants;
  };
}

/** A person's token is `ghp_` and the login, because the stand-in has nothing to protect. */
export const personalToken = (login: string): string => `ghp_${login}`;

/** Returns the URL by which a person clones and pushes. */
export const cloneUrl = (repositoryPage: string, login: string): string =>
  `${repositoryPage.replace('://', `://${login}:${personalToken(login)}@`)}.git`;

export function createCallers(world: World, app: App, clock: () => Date): CallerRegistry {
  const issued = new Map<string, { expiresAt: Date; grants: Grants; repositories: string[] | null }>();
  const publicKey = createPublicKey(app.publicKeyPem);
  const bot = (): Account => {
    const account = world.accounts.find(({ login }) => login === `${app.slug}[bot]`);
    if (!account) throw new Error(`the account of the App ${app.slug} is missing`);
    return account;
  };
  const badCredentials = (message = 'Bad credentials'): ApiError =>
    new ApiError(401, message, { graphqlType: 'UNAUTHORIZED' });

  async function byToken(token: string): Promise<Caller> {
    if (token.startsWith('ghp_')) {
      const account = world.accounts.find(({ login, type }) => personalToken(login) === token && type === 'User');
      if (!account) throw badCredentials();
      return { kind: 'person', account };
    }
    if (token.startsWith('ghs_')) {
      const grant = issued.get(token);
      if (!grant || grant.expiresAt <= clock()) throw badCredentials();
      if (app.suspendedAt !== undefined) throw suspended();
      return { kind: 'installation', account: bot(), grants: grant.grants, repositories: grant.repositories };
    }
    try {
      const { payload } = await jwtVerify(token, publicKey, { algorithms: ['RS256'], currentDate: clock() });
      // GitHub accepts the App's id as a number or as a string.
      if (String(payload.iss) !== String(app.id)) throw badCredentials("'Issuer' claim ('iss') must be an Integer");
      if ((payload.exp ?? 0) - (payload.iat ?? 0) > 660)
        throw badCredentials("'Expiration time' claim ('exp') is too far in the future");
      return { kind: 'app' };
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw badCredentials('A JSON web token could not be decoded');
    }
  }

  return {
    async identify(authorization) {
      if (!authorization) return { kind: 'anonymous' };
      const [scheme, credentials] = authorization.split(' ');
      if (!scheme || !credentials) throw badCredentials();
      if (scheme.toLowerCase() !== 'basic') return byToken(credentials);
      const password = Buffer.from(credentials, 'base64').toString().split(':').slice(1).join(':');
      return byToken(password);
    },
    revokeInstallationTokens: () => issued.clear(),
    issueInstallationToken({ repositories, permissions }) {
      if (app.suspendedAt !== undefined) throw suspended();
      const grants = permissions ?? app.grants;
      for (const [scope, level] of Object.entries(grants) as [Scope, 'read' | 'write'][]) {
        const granted = app.grants[scope];
        if (!granted || (level === 'write' && granted === 'read')) {
          throw new ApiError(422, 'The permissions requested are not granted to this installation.');
        }
      }
      const token = `ghs_${randomBytes(18).toString('hex')}`;
      const expiresAt = new Date(clock().getTime() + TOKEN_LIFETIME_MS);
      issued.set(token, {
        expiresAt,
        grants,
        repositories:
          (repositories ?? app.repositories)?.map((name) => `${app.organization}/${name}`.toLowerCase()) ?? null,
      });
      return { token, expiresAt, grants };
    },
  };
}

const suspended = (): ApiError =>
  new ApiError(403, 'This installation has been suspended', { graphqlType: 'FORBIDDEN' });

/** Whether the App may read this by its installation. Everybody else may: the repositories are public. */
export function mayRead(caller: Caller, scope: Scope): boolean {
  return caller.kind !== 'installation' || caller.grants[scope] !== undefined;
}

/** Returns a person's permission on a repository; everybody may at least read. */
export function permissionOf(repository: Repository, login: string): Permission {
  return repository.collaborators[login] ?? 'read';
}

export function atLeast(permission: Permission, needed: Permission): boolean {
  return LEVELS.indexOf(permission) >= LEVELS.indexOf(needed);
}

/** @returns the account that acts. @throws ApiError when the caller lacks the permission. */
export function authorize(caller: Caller, repository: Repository, scope: Scope, level: 'read' | 'write'): Account {
  if (level === 'write' && repository.isArchived)
    throw new ApiError(403, 'Repository was archived so is read-only.', { graphqlType: 'FORBIDDEN' });
  if (caller.kind === 'installation') {
    const reachable = !caller.repositories || caller.repositories.includes(fullName(repository).toLowerCase());
    const granted = caller.grants[scope];
    if (!reachable || !granted || (level === 'write' && granted !== 'write')) throw forbidden();
    return caller.account;
  }
  if (caller.kind === 'person') {
    const needed: Permission = level === 'read' ? 'read' : scope === 'administration' ? 'admin' : 'write';
    if (atLeast(permissionOf(repository, caller.account.login), needed)) return caller.account;
    throw new ApiError(403, 'Must have push access to repository', { graphqlType: 'FORBIDDEN' });
  }
  throw new ApiError(401, 'Requires authentication', { graphqlType: 'UNAUTHORIZED' });
}
