// GitHub's API as an App or with a token. Every call has a deadline, is counted, and fails as one of our two kinds of error.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import type { GitHubCredentials } from '../config.ts';
import type { Repository } from '../decide/repository.ts';
import { TransientError } from '../errors.ts';
import type { GitHubBudget, Urgency } from './budget.ts';
import { isLimited } from './errors.ts';
import { createInstallations } from './installations.ts';
import type { Installation } from './permissions.ts';

const TIMEOUT_MS = 10_000;
const API_VERSION = '2022-11-28';
const USER_AGENT = 'promoter';

export interface GitHubClientDeps {
  apiUrl: string;
  credentials: GitHubCredentials;
  budget: GitHubBudget;
  /** Called once per request that reaches GitHub, with a name of few values and the answer's status. */
  onRequest(operation: string, status: number, headers: Record<string, string | number | undefined>): void;
  /** Called when an installation of the App was looked up. */
  onInstallation?(installation: Installation): void;
}

/** GitHub's two APIs, typed. Octokit is named in this folder alone. */
export type GitHub = Pick<Octokit, 'rest' | 'graphql' | 'paginate'>;

export interface GitHubClients {
  /** A client that may act on this repository. */
  forRepository(repository: Repository): Promise<GitHub>;
  /** What GitHub granted is asked again with the next call for each repository. */
  lookUpAgain(): void;
  /** The App itself (JWT); undefined with a plain token. */
  app: GitHub | undefined;
}

export function createGitHubClients(deps: GitHubClientDeps): GitHubClients {
  const { apiUrl, credentials, budget, onRequest, onInstallation } = deps;
  const common = {
    baseUrl: apiUrl,
    userAgent: USER_AGENT,
    log: { debug: noLog, info: noLog, warn: noLog, error: noLog },
  };

  /** @param onRefused called when GitHub no longer takes the token of an installation, or gives none. */
  const instrument = (octokit: Octokit, onRefused?: () => void): Octokit => {
    octokit.hook.wrap('request', async (request, options) => {
      const operation = operationOf(options);
      const urgency = urgencyOf(options, operation);
      if (urgency) budget.spend(operation, urgency);
      const headers = { ...options.headers, 'x-github-api-version': API_VERSION };
      try {
        const response = await request({
          ...options,
          headers,
          request: { ...options.request, signal: AbortSignal.timeout(TIMEOUT_MS) },
        });
        onRequest(operation, response.status, response.headers);
        return response;
      } catch (error) {
        const { status, response } = error as { status?: number; response?: { headers: Record<string, string> } };
        onRequest(operation, status ?? 0, response?.headers ?? {});
        if (!onRefused || !isRefused(operation, error, status)) throw error;
        onRefused();
        if (operation !== MINT) throw error;
        const what = `get a token of the App's installation: ${status}; it is looked up again`;
        throw new TransientError(what, { cause: error });
      }
    });
    return octokit;
  };

  if (credentials.kind === 'token') {
    const octokit = instrument(new Octokit({ ...common, auth: credentials.token.reveal() }));
    return { forRepository: () => Promise.resolve(octokit), lookUpAgain: () => undefined, app: undefined };
  }
  const auth = { appId: credentials.appId, privateKey: credentials.privateKey.reveal() };
  const app = instrument(new Octokit({ ...common, authStrategy: createAppAuth, auth }));
  const open = (installationId: number, onRefused: () => void): GitHub =>
    instrument(new Octokit({ ...common, authStrategy: createAppAuth, auth: { ...auth, installationId } }), onRefused);
  const ask = async ({ owner, name: repo }: Repository): Promise<unknown> =>
    (await app.rest.apps.getRepoInstallation({ owner, repo })).data;
  return { ...createInstallations({ ask, open, onInstallation: onInstallation ?? (() => undefined) }), app };
}

/** A token that was revoked, and an installation that is gone or suspended: neither comes back by asking again. */
function isRefused(operation: string, error: unknown, status: number | undefined): boolean {
  if (status === 401) return true;
  if (isLimited(error)) return false;
  if (operation === MINT) return status === 403 || status === 404;
  // GraphQL says within a 200 what an App may not do; only a suspended installation is a 403.
  return operation.startsWith('graphql ') && status === 403;
}

function noLog(): void {
  // Errors reach the caller as values; Octokit's own log would repeat them.
}

interface RequestOptions {
  method: string;
  url: string;
  query?: unknown;
  request?: Record<string, unknown>;
}

/** A label of low cardinality: the route template, or the name of the GraphQL operation. */
function operationOf(options: RequestOptions): string {
  if (!options.url.endsWith('/graphql')) return `${options.method} ${options.url}`;
  const name = /^\s*(?:query|mutation)\s+(\w+)/.exec(String(options.query))?.[1];
  return `graphql ${name ?? 'query'}`;
}

/** Mutations that create content, by name. */
const URGENCY: Readonly<Record<string, Urgency>> = {
  'graphql CommitDirectly': 'direct',
  'graphql CommitToBranch': 'usual',
};
/** It creates a token, not content. */
const MINT = 'POST /app/installations/{installation_id}/access_tokens';

/** Undefined for what creates no content. Whoever asks may say that it is urgent. */
function urgencyOf({ method, request }: RequestOptions, operation: string): Urgency | undefined {
  if (operation.startsWith('graphql ')) return URGENCY[operation];
  if (method !== 'POST' || operation === MINT) return undefined;
  return request?.['urgency'] === 'direct' ? 'direct' : 'usual';
}
