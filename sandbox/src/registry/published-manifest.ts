// The report on a manifest that was pushed: the registry's own port. Where the report is sent is decided outside.
import { ImageConfig, type ImageManifest, INDEX_TYPE, type Manifest } from '../oci/image.ts';
import type { BlobStore } from './blob-store.ts';

interface Part {
  digest: string;
  mediaType: string;
  size: number;
}

export interface PublishedManifest extends Part {
  /** owner/name: the image without its registry. */
  image: string;
  /** Null for a manifest that was pushed by digest. */
  tag: string | null;
  labels: Record<string, string>;
  /** The children of an index; empty for an image. */
  platforms: { digest: string; architecture: string; os: string }[];
  /** Null for an index. */
  config: Part | null;
  layers: Part[];
}

export async function describeManifest(
  store: BlobStore,
  stored: Pick<PublishedManifest, 'image' | 'digest' | 'tag' | 'size'>,
  manifest: Manifest,
): Promise<PublishedManifest> {
  const { mediaType } = manifest;
  if (manifest.mediaType === INDEX_TYPE) {
    const platforms = manifest.manifests.flatMap(({ digest, platform }) =>
      platform ? [{ digest, architecture: platform.architecture, os: platform.os }] : [],
    );
    return { ...stored, mediaType, labels: {}, platforms, config: null, layers: [] };
  }
  const { config, layers } = manifest;
  return { ...stored, mediaType, labels: await labelsOf(store, manifest), platforms: [], config, layers };
}

/** Returns no labels for an artefact whose config is not an image's, such as a signature. */
async function labelsOf(store: BlobStore, manifest: ImageManifest): Promise<Record<string, string>> {
  const blob = await store.blob(manifest.config.digest);
  const config = blob ? ImageConfig.safeParse(JSON.parse(blob.toString())) : undefined;
  return config?.success ? config.data.config.Labels : {};
}
