// GitHub's API as an App or with a token. Every call has a deadline, is counted, and fails as one of our two kinds of error.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import type { GitHubCredentials } from '../config.ts';
import type { Repository } from '../decide/repository.ts';
import type { GitHubBudget } from './budget.ts';

const TIMEOUT_MS = 10_000;
const API_VERSION = '2022-11-28';
const USER_AGENT = 'promoter';

export interface GitHubClientDeps {
  apiUrl: string;
  credentials: GitHubCredentials;
  budget: GitHubBudget;
  /** Called once per request that reaches GitHub, with a name of few values and the answer's status. */
  onRequest(operation: string, status: number, headers: Record<string, string | number | undefined>): void;
}

/** GitHub's two APIs, typed. Octokit is named in this folder alone. */
export type GitHub = Pick<Octokit, 'rest' | 'graphql' | 'paginate'>;

export interface GitHubClients {
  /** A client that may act on this repository. */
  forRepository(repository: Repository): Promise<GitHub>;
  /** The App itself (JWT); undefined with a plain token. */
  app: GitHub | undefined;
}

export function createGitHubClients({ apiUrl, credentials, budget, onRequest }: GitHubClientDeps): GitHubClients {
  const common = {
    baseUrl: apiUrl,
    userAgent: USER_AGENT,
    log: { debug: noLog, info: noLog, warn: noLog, error: noLog },
  };

  const instrument = (octokit: Octokit): Octokit => {
    octokit.hook.wrap('request', async (request, options) => {
      const operation = operationOf(options);
      if (isContentCreating(options.method, options.url, operation)) budget.spend(operation);
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
        throw error;
      }
    });
    return octokit;
  };

  if (credentials.kind === 'token') {
    const octokit = instrument(new Octokit({ ...common, auth: credentials.token.reveal() }));
    return { forRepository: () => Promise.resolve(octokit), app: undefined };
  }
  const auth = { appId: credentials.appId, privateKey: credentials.privateKey.reveal() };
  const app = instrument(new Octokit({ ...common, authStrategy: createAppAuth, auth }));
  const install = async ({ owner, name: repo }: Repository): Promise<GitHub> => {
    const { data } = await app.rest.apps.getRepoInstallation({ owner, repo });
    return instrument(
      new Octokit({ ...common, authStrategy: createAppAuth, auth: { ...auth, installationId: data.id } }),
    );
  };
  /** An App is installed once for all repositories of an owner. */
  const installations = new Map<string, Promise<GitHub>>();
  return {
    app,
    forRepository(repository) {
      const { owner } = repository;
      const known = installations.get(owner) ?? install(repository);
      installations.set(owner, known);
      known.catch(() => installations.delete(owner));
      return known;
    },
  };
}

function noLog(): void {
  // Errors reach the caller as values; Octokit's own log would repeat them.
}

interface RequestOptions {
  method: string;
  url: string;
  query?: unknown;
}

/** A label of low cardinality: the route template, or the name of the GraphQL operation. */
function operationOf(options: RequestOptions): string {
  if (!options.url.endsWith('/graphql')) return `${options.method} ${options.url}`;
  const name = /^\s*(?:query|mutation)\s+(\w+)/.exec(String(options.query))?.[1];
  return `graphql ${name ?? 'query'}`;
}

const CREATING_MUTATIONS = new Set(['graphql CreateCommit']);

function isContentCreating(method: string, url: string, operation: string): boolean {
  if (url.endsWith('/graphql')) return CREATING_MUTATIONS.has(operation);
  return method === 'POST' && !url.includes('/access_tokens');
}
