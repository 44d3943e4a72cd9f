// Who announces a release: a GitHub Actions run proves it with the OIDC token that GitHub signs for it.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Repository, RepositoryName } from '../decide/repository.ts';

/** https://docs.github.com/actions/reference/security/oidc lists the claims. */
const Claims = z.object({
  repository: RepositoryName,
  ref: z.string(),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  event_name: z.string(),
});

export interface Announcer {
  repository: Repository;
  /** refs/heads/main. */
  ref: string;
  /** 40 hex digits. */
  commit: string;
}

/** Unproven: the token proves nothing. Unknown: the keys of the issuer cannot be read at the moment. */
export type Verified =
  { kind: 'proven'; announcer: Announcer } | { kind: 'unproven'; reason: string } | { kind: 'unknown'; reason: string };

export type AnnouncerVerifier = (token: string) => Promise<Verified>;

export interface AnnouncerVerifierDeps {
  issuer: string;
  audience: string;
  clock: () => Date;
}

const KEYS_TIMEOUT_MS = 5_000;
/** A token that names an unknown key makes us ask for the keys again, this often at most. */
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_MAX_AGE_MS = 600_000;
const CLOCK_TOLERANCE_SECONDS = 30;
/** It runs with the rights of the base branch on what anybody proposes. */
const UNTRUSTED_EVENT = 'pull_request_target';

const UNPROVEN = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

export function createAnnouncerVerifier({ issuer, audience, clock }: AnnouncerVerifierDeps): AnnouncerVerifier {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    cooldownDuration: KEYS_COOLDOWN_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
  });
  return async (token) => {
    let claims: unknown;
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['RS256', 'ES256'],
        requiredClaims: ['exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: clock(),
      });
      claims = payload;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return UNPROVEN.some((kind) => error instanceof kind)
        ? { kind: 'unproven', reason: `the token does not count: ${message}` }
        : { kind: 'unknown', reason: `the keys of ${issuer} cannot be read: ${message}; announce again later` };
    }
    const parsed = Claims.safeParse(claims);
    if (!parsed.success) return { kind: 'unproven', reason: 'the token is not one of a GitHub Actions run' };
    const { repository, ref, sha, event_name: event } = parsed.data;
    if (event === UNTRUSTED_EVENT)
      return { kind: 'unproven', reason: `a run for ${event} may have built what anybody proposes` };
    return { kind: 'proven', announcer: { repository, ref, commit: sha } };
  };
}
