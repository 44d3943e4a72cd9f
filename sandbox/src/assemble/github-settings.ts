// The organization, the App and the repositories, as every start of the GitHub stand-in has them.
import type { Grants } from '../github/callers.ts';
import type { GitHubSettings } from '../github/github.ts';
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

export interface GitHubStart {
  origin: string;
  dataDirectory: string;
  keys: Keys;
  /** Empty: the App has no webhook address. */
  webhookUrl: string;
  /** Undefined: pushes build no image. */
  registryUrl: string | undefined;
  soak: string;
  sourceFolder?: string | undefined;
  transformPromotion?: ((text: string) => string) | undefined;
}

export function githubSettings(start: GitHubStart): GitHubSettings {
  const { origin, dataDirectory, keys, webhookUrl, registryUrl, soak } = start;
  return {
    origin,
    dataDirectory,
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
      ? { repository: SOURCE_REPOSITORY, registry: { url: registryUrl, token: keys.registryToken } }
      : undefined,
    seed: {
      organization: ORGANIZATION,
      repositories: [sourceSeed(start.sourceFolder), gitopsSeed(soak, start.transformPromotion)],
    },
  };
}
