import type { PublishedPackage } from '../github/shapes/package.ts';
import type { RegistryDeps } from '../registry/registry.ts';

const TIMEOUT_MS = 10_000;

/** Sends the registry's reports to the GitHub stand-in, over HTTP because each may run alone. A failure fails the push. */
export function reportToGitHub(githubUrl: string): RegistryDeps['onPublished'] {
  return async (published: PublishedPackage) => {
    const response = await fetch(`${githubUrl}/_sandbox/packages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(published),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok)
      throw new Error(`report ${published.digest} to ${githubUrl}: ${response.status} ${await response.text()}`);
  };
}
