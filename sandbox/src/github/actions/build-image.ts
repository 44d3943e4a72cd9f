// Packs one commit into a multi-arch image as buildx would: an index over two platforms and their provenance, and a signature.
import { generateKeyPairSync, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  type Blob,
  CONFIG_TYPE,
  digestOf,
  EMPTY_TYPE,
  INDEX_TYPE,
  jsonBlob,
  LAYER_TYPE,
  MANIFEST_TYPE,
} from '../../oci/image.ts';

export interface Build {
  /** A tar of the commit, its files below `app/`. */
  archive: Buffer;
  commit: string;
  committedAt: string;
  /** https://host/owner/name */
  source: string;
  runUrl: string;
  tag: string;
}

export interface PushedManifest {
  /** A tag, or the digest for manifests that have none. */
  reference: string;
  mediaType: string;
  content: Buffer;
}

export interface BuiltImage {
  blobs: Blob[];
  /** In the order in which they are pushed: children first, then what names them. */
  manifests: PushedManifest[];
  indexDigest: string;
}

const PLATFORMS = ['amd64', 'arm64'] as const;
const IN_TOTO = 'application/vnd.in-toto+json';
const signingKey = generateKeyPairSync('ed25519').privateKey;

export function buildImage(build: Build): BuiltImage {
  const layer: Blob = { content: gzipSync(build.archive), digest: '' };
  layer.digest = digestOf(layer.content);
  const empty = jsonBlob({});
  const blobs: Blob[] = [layer, empty];
  const manifests: PushedManifest[] = [];

  const describe = (blob: Blob, mediaType: string) => ({ mediaType, digest: blob.digest, size: blob.content.length });
  const addManifest = (value: object, mediaType: string, tag?: string): Blob => {
    const manifest = jsonBlob({ schemaVersion: 2, mediaType, ...value });
    manifests.push({ reference: tag ?? manifest.digest, mediaType, content: manifest.content });
    return manifest;
  };

  const labels = {
    'org.opencontainers.image.source': build.source,
    'org.opencontainers.image.revision': build.commit,
    'org.opencontainers.image.created': build.committedAt,
    'org.opencontainers.image.version': build.tag,
  };
  const images = PLATFORMS.map((architecture) => {
    const config = jsonBlob({
      architecture,
      os: 'linux',
      created: build.committedAt,
      config: {
        Env: [`COMMIT=${build.commit}`, `REPOSITORY=${build.source}`],
        Entrypoint: ['node', 'src/main.ts'],
        WorkingDir: '/app',
        Labels: labels,
      },
      rootfs: { type: 'layers', diff_ids: [digestOf(build.archive)] },
    });
    blobs.push(config);
    const manifest = addManifest(
      { config: describe(config, CONFIG_TYPE), layers: [describe(layer, LAYER_TYPE)] },
      MANIFEST_TYPE,
    );
    return { ...describe(manifest, MANIFEST_TYPE), platform: { architecture, os: 'linux' } };
  });

  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: images.map(({ digest }) => ({ name: build.source, digest: { sha256: digest.slice(7) } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref: 'refs/heads/main', repository: build.source, path: '.github/workflows/release.yml' },
        },
        resolvedDependencies: [{ uri: `git+${build.source}@refs/heads/main`, digest: { gitCommit: build.commit } }],
      },
      runDetails: { builder: { id: build.source }, metadata: { invocationId: `${build.runUrl}/attempts/1` } },
    },
  };
  const provenance = jsonBlob(statement);
  const unknownConfig = jsonBlob({
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [provenance.digest] },
  });
  blobs.push(provenance, unknownConfig);
  const attestation = addManifest(
    {
      config: describe(unknownConfig, CONFIG_TYPE),
      layers: [
        { ...describe(provenance, IN_TOTO), annotations: { 'in-toto.io/predicate-type': statement.predicateType } },
      ],
    },
    MANIFEST_TYPE,
  );

  const index = addManifest(
    {
      manifests: [
        ...images,
        {
          ...describe(attestation, MANIFEST_TYPE),
          platform: { architecture: 'unknown', os: 'unknown' },
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': images[0]?.digest ?? '',
          },
        },
      ],
    },
    INDEX_TYPE,
    build.tag,
  );

  // A DSSE envelope over the statement, stored as cosign does where a registry has no referrers API: under a tag of its own.
  const payload = Buffer.from(JSON.stringify(statement));
  const preAuthentication = Buffer.concat([
    Buffer.from(`DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} `),
    payload,
  ]);
  const envelope = jsonBlob({
    payloadType: IN_TOTO,
    payload: payload.toString('base64'),
    signatures: [{ sig: sign(null, preAuthentication, signingKey).toString('base64') }],
  });
  blobs.push(envelope);
  addManifest(
    {
      artifactType: 'application/vnd.dsse.envelope.v1+json',
      config: describe(empty, EMPTY_TYPE),
      layers: [describe(envelope, 'application/vnd.dsse.envelope.v1+json')],
      subject: describe(index, INDEX_TYPE),
    },
    MANIFEST_TYPE,
    index.digest.replace(':', '-'),
  );
  return { blobs, manifests, indexDigest: index.digest };
}
