import { z } from 'zod';
import { type Hub, now, ownerOf } from '../hub.ts';
import { INDEX_TYPE } from '../../oci/image.ts';
import type { Repository } from '../world.ts';
import { simpleUser } from './account.ts';

const Part = z.object({ digest: z.string(), mediaType: z.string(), size: z.number() });
type Part = z.infer<typeof Part>;

/** A registry's report on a manifest that was pushed. */
export const PublishedPackage = Part.extend({
  /** owner/name: the image without its registry. */
  image: z.string(),
  /** Null for a manifest that was pushed by digest. */
  tag: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  platforms: z.array(z.object({ digest: z.string(), architecture: z.string(), os: z.string() })),
  /** Null for an index. */
  config: Part.nullable(),
  layers: z.array(Part),
});
export type PublishedPackage = z.infer<typeof PublishedPackage>;

const REGISTRY_HOST = 'ghcr.io';
/** GHCR sends Go's zero time here. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** The `registry_package` of an event. Where a manifest has no tag or source, GHCR sends empty strings. */
export function packageShape(hub: Hub, published: PublishedPackage, repository: Repository, versionId: number) {
  const [namespace, ...rest] = published.image.split('/');
  const name = rest.join('/');
  const tag = published.tag ?? '';
  const reference = `${REGISTRY_HOST}/${published.image}:${tag}`;
  const page = `${hub.links.origin}/orgs/${namespace}/packages/container/${encodeURIComponent(name)}`;
  const isIndex = published.mediaType === INDEX_TYPE;
  const allLabels = isIndex ? { 'github.internal.platforms': JSON.stringify(published.platforms) } : published.labels;
  const descriptor = ({ digest, mediaType, size }: Part) => ({ digest, media_type: mediaType, size });
  return {
    id: [...published.image].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 10_000_019, 7),
    name,
    namespace,
    description: '',
    ecosystem: 'CONTAINER',
    package_type: 'CONTAINER',
    html_url: page,
    created_at: now(hub),
    updated_at: now(hub),
    owner: simpleUser(hub.links, ownerOf(hub, repository)),
    package_version: {
      id: versionId,
      version: published.digest,
      name: published.digest,
      description: '',
      summary: '',
      body: { repository: {}, info: {}, attributes: {}, _formatted: true },
      html_url: `${page}/${versionId}`,
      target_commitish: repository.defaultBranch,
      created_at: ZERO_TIME,
      updated_at: ZERO_TIME,
      metadata: [],
      container_metadata: {
        tag: { name: tag, digest: tag && published.digest },
        labels: {
          description: '',
          source: published.labels['org.opencontainers.image.source'] ?? '',
          revision: '',
          image_url: '',
          licenses: '',
          all_labels: allLabels,
        },
        manifest: {
          digest: published.digest,
          media_type: published.mediaType,
          uri: `repositories/${published.image}/manifests/${published.digest}`,
          size: published.size,
          config: descriptor(published.config ?? { digest: '', mediaType: '', size: 0 }),
          layers: published.layers.map(descriptor),
        },
      },
      package_files: [],
      installation_command: `docker pull ${reference}`,
      package_url: reference,
    },
    registry: {
      about_url: `${hub.links.origin}/packages`,
      name: 'GitHub CONTAINER registry',
      type: 'CONTAINER',
      url: `https://CONTAINER.pkg.github.com/${namespace}`,
      vendor: 'GitHub Inc',
    },
  };
}
