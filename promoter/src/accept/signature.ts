// Whether GitHub sent it. The header's form is checked before anything else is looked at; the signature when the body is there.
import { Webhooks } from '@octokit/webhooks';
import type { Secret } from '../config.ts';

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

/** @returns the header where it can be a signature at all. */
export const wellFormedSignature = (header: string | undefined): string | undefined =>
  header !== undefined && header.length === 71 && SIGNATURE.test(header) ? header : undefined;

/** @param secrets the current one first, and while they are rotated the one before it. */
export function createSignatureCheck(
  secrets: readonly [Secret, ...Secret[]],
): (text: string, signature: string) => Promise<boolean> {
  const verifiers = secrets.map((secret) => new Webhooks({ secret: secret.reveal() }));
  return async (text, signature) => {
    if (text === '') return false; // verify() throws for it, and GitHub never sends it
    for (const verifier of verifiers) if (await verifier.verify(text, signature)) return true;
    return false;
  };
}
