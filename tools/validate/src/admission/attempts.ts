// Pods that somebody may try to run in a namespace of released images, and which policy must refuse them. What was admitted once by a real API
// server or by Kyverno, and must not be, is here.
import type { Manifest } from '../manifests/render.ts';

/** What a registry and Sigstore know of an image. */
export interface Evidence {
  /** Signed by the release workflow. */
  isSigned: boolean;
  /** Of the release workflow's provenance. */
  provenance?: { ref: string; repository: string };
}

const digest = (letters: string): string => `@sha256:${letters.repeat(32)}`;
const GOOD = `ghcr.io/acme/todo:main-7-abcdef0${digest('ab')}`;
const OTHER = `ghcr.io/acme/promoter${digest('cd')}`;
const UNSIGNED = `ghcr.io/acme/todo${digest('01')}`;
const BRANCH = `ghcr.io/acme/todo${digest('02')}`;
const FORK = `ghcr.io/acme/todo${digest('03')}`;
const BARE = `ghcr.io/acme/todo${digest('04')}`;
const FOREIGN = `docker.io/library/busybox${digest('ef')}`;

const RELEASED = { ref: 'refs/heads/main', repository: 'https://github.com/acme/platform' };

/** By image. Of any other image there is nothing. */
export const EVIDENCE: Readonly<Record<string, Evidence>> = {
  [GOOD]: { isSigned: true, provenance: RELEASED },
  [OTHER]: { isSigned: true, provenance: RELEASED },
  [BRANCH]: { isSigned: true, provenance: { ...RELEASED, ref: 'refs/heads/spike' } },
  [FORK]: { isSigned: true, provenance: { ...RELEASED, repository: 'https://github.com/mallory/platform' } },
  [BARE]: { isSigned: true },
};

export interface Attempt {
  says: string;
  operation: 'CREATE' | 'UPDATE';
  object: Manifest;
  /** Before an UPDATE. */
  before?: Manifest;
  /** Nobody answers: neither the registry nor Sigstore. */
  isRegistryAway?: true;
  /** Policies that must refuse it; none admits it. */
  refusedBy: readonly string[];
}

type PodSpec = Record<string, unknown>;

const DIGESTS = 'images-have-digests';
const OURS = 'images-are-ours';
const JOBS = 'jobs-have-digests';

const containers = (...images: string[]): { name: string; image: string }[] =>
  images.map((image, index) => ({ name: `c${index}`, image }));
const pod = (spec: PodSpec, metadata: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'attempt', namespace: 'todo-dev', ...metadata },
  spec: { serviceAccountName: 'todo', automountServiceAccountToken: false, ...spec },
});
const good = (spec: PodSpec = {}, metadata: object = {}): Manifest =>
  pod({ containers: containers(GOOD), ...spec }, metadata);

const creates = (says: string, object: Manifest, ...refusedBy: string[]): Attempt => ({
  says,
  operation: 'CREATE',
  object,
  refusedBy,
});
const runs = (says: string, image: string, ...refusedBy: string[]): Attempt =>
  creates(says, pod({ containers: containers(image) }), ...refusedBy);
const updates = (says: string, before: Manifest, object: Manifest, ...refusedBy: string[]): Attempt => ({
  says,
  operation: 'UPDATE',
  before,
  object,
  refusedBy,
});
const job = (image: string): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'todo-migrate', namespace: 'todo-dev' },
  spec: { template: { spec: { containers: containers(image) } } },
});
const volume = (source: object): PodSpec => ({ volumes: [{ name: 'v', ...source }] });
const TOKEN = { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
const finished = { finalizers: ['batch.kubernetes.io/job-tracking'] };

export const ATTEMPTS: readonly Attempt[] = [
  runs('a release', GOOD),
  creates('a release with a signed init container', good({ initContainers: containers(OTHER) })),
  creates('the same image twice', pod({ containers: containers(GOOD, GOOD) })),

  runs('a tag alone', 'ghcr.io/acme/todo:main-7-abcdef0', DIGESTS, OURS),
  runs('an image without a registry', `todo${digest('ab')}`, DIGESTS),
  runs('another registry', FOREIGN, DIGESTS),
  runs('our name at another registry', `quay.io/acme/todo${digest('ab')}`, DIGESTS),
  runs('another owner', `ghcr.io/mallory/todo${digest('ab')}`, DIGESTS),
  runs('an owner that begins like ours', `ghcr.io/acme-evil/todo${digest('ab')}`, DIGESTS),
  runs('our registry in capitals', `GHCR.IO/acme/todo${digest('ab')}`, DIGESTS),
  runs('our registry with its port', `ghcr.io:443/acme/todo${digest('ab')}`, DIGESTS),
  runs('a path that leaves our folder', `ghcr.io/acme/../mallory/todo${digest('ab')}`, DIGESTS, OURS),
  runs('two digests', `ghcr.io/acme/todo${digest('ab')}${digest('ef')}`, DIGESTS, OURS),
  creates('a foreign sidecar', pod({ containers: containers(GOOD, FOREIGN) }), DIGESTS),
  creates('a foreign init container', good({ initContainers: containers(FOREIGN) }), DIGESTS),
  creates('a foreign volume', good(volume({ image: { reference: FOREIGN } })), DIGESTS),
  creates('a volume by its tag', good(volume({ image: { reference: 'ghcr.io/acme/data:1' } })), DIGESTS),
  updates(
    'a foreign ephemeral container',
    good(),
    good({ ephemeralContainers: containers('busybox:latest') }),
    DIGESTS,
  ),
  updates('an image that is changed in place', good(), pod({ containers: containers(FOREIGN) }), DIGESTS),

  runs('an image that nobody signed', UNSIGNED, OURS),
  runs('an image of a branch, signed by the release workflow', BRANCH, OURS),
  runs('an image of a fork, signed by the release workflow', FORK, OURS),
  runs('a signature without provenance', BARE, OURS),
  creates('an unsigned sidecar', pod({ containers: containers(GOOD, UNSIGNED) }), OURS),
  creates('an unsigned init container', good({ initContainers: containers(UNSIGNED) }), OURS),
  updates('an unsigned image in place of a signed one', good(), pod({ containers: containers(UNSIGNED) }), OURS),

  creates(
    'a default account whose token is not mentioned',
    pod({ containers: containers(GOOD), serviceAccountName: 'default', automountServiceAccountToken: undefined }),
    DIGESTS,
  ),
  creates(
    'a default account with a token',
    good({ serviceAccountName: 'default', automountServiceAccountToken: true }),
    DIGESTS,
  ),
  creates(
    'a default account with a token in a volume',
    good({ serviceAccountName: 'default', ...volume(TOKEN) }),
    DIGESTS,
  ),
  creates('no account and no token', good({ serviceAccountName: undefined })),
  creates('an account of its own with a token', good({ automountServiceAccountToken: undefined })),

  { ...runs('a release while the registry is away', GOOD, OURS), isRegistryAway: true },
  { ...updates('a label while the registry is away', good(), good({}, { labels: { a: 'b' } })), isRegistryAway: true },
  {
    ...updates('the end of a Job while the registry is away', good({}, finished), good()),
    isRegistryAway: true,
  },
  updates(
    'the end of a pod that older policies admitted',
    pod({ containers: containers(FOREIGN) }, finished),
    pod({ containers: containers(FOREIGN) }),
  ),
  {
    ...updates(
      'a label beside an ephemeral container that nobody signed',
      good({ ephemeralContainers: containers(UNSIGNED) }),
      good({ ephemeralContainers: containers(UNSIGNED) }, { labels: { a: 'b' } }),
    ),
  },

  creates('the migration of a release', job(GOOD)),
  creates('the migration of an environment without a release', job('ghcr.io/acme/todo:unreleased'), JOBS),
];
