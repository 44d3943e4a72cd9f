// Builds a multi-arch image of one commit, as buildx would: an index of two platforms and their provenance, and a signature.
import { generateKeyPairSync, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  type Blob,
  blobOf,
  CONFIG_TYPE,
  type Descriptor,
  digestOf,
  EMPTY_TYPE,
  INDEX_TYPE,
  jsonBlob,
  LAYER_TYPE,
  MANIFEST_TYPE,
} from '../../oci/image.ts';

export interface Build {
  /** A tar of the commit with its files below `app/`. */
  archive: Buffer;
  commit: string;
  committedAt: string;
  /** https://host/owner/name */
  source: string;
  runUrl: string;
  tag: string;
}

export interface PushedManifest {
  /** The tag, or the digest of a manifest without one. */
  reference: string;
  mediaType: string;
  content: Buffer;
}

export interface BuiltImage {
  blobs: Blob[];
  /** In the order of pushing: children before the manifest that names them. */
  manifests: PushedManifest[];
}

const PLATFORMS = ['amd64', 'arm64'] as const;
const IN_TOTO = 'application/vnd.in-toto+json';
const DSSE_ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const signingKey = generateKeyPairSync('ed25519').privateKey;

export function buildImage(build: Build): BuiltImage {
  const image: BuiltImage = { blobs: [], manifests: [] };
  const platforms = addPlatforms(image, build);
  const statement = provenanceOf(build, platforms);
  const attestation = addAttestation(image, statement, platforms);
  const index = addManifest(image, { manifests: [...platforms, attestation] }, INDEX_TYPE, build.tag);
  addSignature(image, statement, index);
  return image;
}

function addBlob(image: BuiltImage, blob: Blob, mediaType: string): Descriptor {
  image.blobs.push(blob);
  return { mediaType, digest: blob.digest, size: blob.content.length };
}

function addManifest(image: BuiltImage, value: object, mediaType: string, tag?: string): Descriptor {
  const { digest, content } = jsonBlob({ schemaVersion: 2, mediaType, ...value });
  image.manifests.push({ reference: tag ?? digest, mediaType, content });
  return { mediaType, digest, size: content.length };
}

/** Adds a manifest and a config for each platform; all platforms share one layer. */
function addPlatforms(image: BuiltImage, build: Build): Descriptor[] {
  const layer = addBlob(image, blobOf(gzipSync(build.archive)), LAYER_TYPE);
  const labels = {
    'org.opencontainers.image.source': build.source,
    'org.opencontainers.image.revision': build.commit,
    'org.opencontainers.image.created': build.committedAt,
    'org.opencontainers.image.version': build.tag,
  };
  return PLATFORMS.map((architecture) => {
    const platform = { architecture, os: 'linux' };
    const config = jsonBlob({
      ...platform,
      created: build.committedAt,
      config: {
        Env: [`COMMIT=${build.commit}`, `REPOSITORY=${build.source}`],
        Entrypoint: ['node', 'src/main.ts'],
        WorkingDir: '/app',
        Labels: labels,
      },
      rootfs: { type: 'layers', diff_ids: [digestOf(build.archive)] },
    });
    const manifest = { config: addBlob(image, config, CONFIG_TYPE), layers: [layer] };
    return { ...addManifest(image, manifest, MANIFEST_TYPE), platform };
  });
}

/** https://slsa.dev/spec/v1.0/provenance */
function provenanceOf({ source, commit, runUrl }: Build, platforms: readonly Descriptor[]) {
  const workflow = { ref: 'refs/heads/main', repository: source, path: '.github/workflows/release.yml' };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: platforms.map(({ digest }) => ({ name: source, digest: { sha256: digest.slice('sha256:'.length) } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: { workflow },
        resolvedDependencies: [{ uri: `git+${source}@refs/heads/main`, digest: { gitCommit: commit } }],
      },
      runDetails: { builder: { id: source }, metadata: { invocationId: `${runUrl}/attempts/1` } },
    },
  };
}
type Provenance = ReturnType<typeof provenanceOf>;

/** https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
function addAttestation(image: BuiltImage, statement: Provenance, [first]: readonly Descriptor[]): Descriptor {
  const platform = { architecture: 'unknown', os: 'unknown' };
  const provenance = addBlob(image, jsonBlob(statement), IN_TOTO);
  const config = jsonBlob({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: [provenance.digest] } });
  const annotations = { 'in-toto.io/predicate-type': statement.predicateType };
  const manifest = { config: addBlob(image, config, CONFIG_TYPE), layers: [{ ...provenance, annotations }] };
  return {
    ...addManifest(image, manifest, MANIFEST_TYPE),
    platform,
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      ...(first ? { 'vnd.docker.reference.digest': first.digest } : {}),
    },
  };
}

/** Adds a DSSE envelope of the statement under a tag of its own, as cosign does for registries without a referrers API. */
function addSignature(image: BuiltImage, statement: Provenance, index: Descriptor): void {
  const payload = Buffer.from(JSON.stringify(statement));
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} `), payload]);
  const envelope = jsonBlob({
    payloadType: IN_TOTO,
    payload: payload.toString('base64'),
    signatures: [{ sig: sign(null, signed, signingKey).toString('base64') }],
  });
  const manifest = {
    artifactType: DSSE_ENVELOPE,
    config: addBlob(image, jsonBlob({}), EMPTY_TYPE),
    layers: [addBlob(image, envelope, DSSE_ENVELOPE)],
    subject: index,
  };
  addManifest(image, manifest, MANIFEST_TYPE, index.digest.replace(':', '-'));
}
