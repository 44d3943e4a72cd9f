// Settings of the GitHub stand-in: the organization, the App and the repositories.
import path from 'node:path';
import type { Grants } from '../github/callers.ts';
import type { GitHubSettings } from '../github/github.ts';
import { LOOPBACK } from '../http/listen.ts';
import type { Environment } from './config.ts';
import type { Keys } from './keys.ts';
import { gitopsSeed, sourceSeed } from './seed-repositories.ts';

export const ORGANIZATION = 'acme';
export const SOURCE_REPOSITORY = `${ORGANIZATION}/todo`;
export const CONFIG_REPOSITORY = `${ORGANIZATION}/gitops-config`;
export const APP_ID = 4242;
const INSTALLATION_ID = 77;

const APP_GRANTS: Grants = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  statuses: 'write',
  deployments: 'write',
  packages: 'read',
  actions: 'read',
  members: 'read',
};

export interface Service {
  name: string;
  /** The folder that its repository is seeded from. */
  folder: string;
}

export interface GitHubStart {
  /** The data folder of the sandbox. */
  dataDirectory: string;
  /** The environment that git inherits. */
  environment: Environment;
  port: number;
  keys: Keys;
  /** Undefined leaves the App without webhooks. */
  webhookUrl: string | undefined;
  /** Undefined: pushes to the source repository build no image. */
  registryUrl: string | undefined;
  soak: string;
  sourceFolder?: string | undefined;
  /** Services beside todo: each has a repository with the same workflow. */
  services?: readonly Service[] | undefined;
  onPush?: GitHubSettings['onPush'];
  transformPromotion?: ((text: string) => string) | undefined;
}

export function githubSettings(start: GitHubStart): GitHubSettings {
  const { dataDirectory, environment, port, keys, webhookUrl, registryUrl, soak, services = [] } = start;
  const sources = [SOURCE_REPOSITORY, ...services.map(({ name }) => `${ORGANIZATION}/${name}`)];
  return {
    origin: `http://${LOOPBACK}:${port}`,
    dataDirectory: path.join(dataDirectory, 'github'),
    environment,
    app: {
      id: APP_ID,
      slug: 'promoter',
      publicKeyPem: keys.appPublicKey,
      installationId: INSTALLATION_ID,
      organization: ORGANIZATION,
      grants: APP_GRANTS,
    },
    webhook: { url: webhookUrl, secret: keys.webhookSecret },
    release: registryUrl
      ? { repositories: sources, registry: { url: registryUrl, token: keys.registryToken } }
      : undefined,
    seed: {
      organization: ORGANIZATION,
      repositories: [
        sourceSeed(start.sourceFolder),
        ...services.map(({ name, folder }) => ({ ...sourceSeed(folder), name, description: 'Another service.' })),
        gitopsSeed(soak, start.transformPromotion),
      ],
    },
    onPush: start.onPush,
  };
}
