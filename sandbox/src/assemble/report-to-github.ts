import type { PublishedManifest } from '../github/operations/packages.ts';

const TIMEOUT_MS = 10_000;

/** Tells the GitHub stand-in about a manifest; a failure is the pusher's to see. */
export function reportToGitHub(githubUrl: string): (published: PublishedManifest) => Promise<void> {
  return async (published) => {
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
