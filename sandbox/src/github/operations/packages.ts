// GitHub Packages: what the registry tells, and the registry_package event that follows - one per manifest, as GHCR does it.
import { z } from 'zod';
import { INDEX_TYPE } from '../../oci/image.ts';
import { type Hub, now, ownerOf, accountOf } from '../hub.ts';
import { simpleUser } from '../shapes/account.ts';
import { context } from '../webhooks/payloads.ts';
import { fullName } from '../callers.ts';
import type { Repository } from '../world.ts';

/** What the registry reports when a manifest was put. */
export const PublishedManifest = z.object({
  image: z.string(),
  digest: z.string(),
  /** Empty for manifests pushed by digest. */
  tag: z.string(),
  mediaType: z.string(),
  size: z.number(),
  labels: z.record(z.string(), z.string()),
  platforms: z.array(z.object({ digest: z.string(), architecture: z.string(), os: z.string() })),
  config: z.object({ digest: z.string(), mediaType: z.string(), size: z.number() }),
  layers: z.array(z.object({ digest: z.string(), mediaType: z.string(), size: z.number() })),
});
export type PublishedManifest = z.infer<typeof PublishedManifest>;

const REGISTRY_HOST = 'ghcr.io';
/** GHCR sends Go's zero time here. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

export function recordPublished(hub: Hub, published: PublishedManifest): void {
  const { world } = hub.store;
  const repository = linkedRepository(hub, published);
  const known = world.packageVersions.find(
    ({ image, digest }) => image === published.image && digest === published.digest,
  );
  if (published.tag) {
    // A tag is on one version at a time.
    for (const version of world.packageVersions) {
      if (version.image === published.image) version.tags = version.tags.filter((tag) => tag !== published.tag);
    }
  }
  if (known) known.tags = [...known.tags, ...(published.tag ? [published.tag] : [])];
  else {
    world.packageVersions.push({
      id: hub.store.newId(),
      image: published.image,
      repository: repository ? fullName(repository) : null,
      digest: published.digest,
      tags: published.tag ? [published.tag] : [],
      createdAt: now(hub),
    });
  }
  hub.store.save();
  if (!repository) return; // only packages linked to a repository reach an App or a repository's hook
  const sender = accountOf(hub, `${hub.app.slug}[bot]`);
  const shared = context(hub, repository, accountOf(hub, world.workflowRuns.at(-1)?.actor ?? sender.login));
  const payload = { registry_package: packageShape(hub, published, known?.id ?? hub.store.world.nextId), ...shared };
  hub.webhooks.emit({ event: 'registry_package', action: 'published', repositoryId: repository.id, payload });
  hub.webhooks.emit({
    event: 'package',
    action: 'published',
    repositoryId: repository.id,
    payload: { ...shared, package: payload.registry_package },
  });
}

/** A package belongs to the repository that its source label names, once any of its manifests said so, or that has its name. */
function linkedRepository(hub: Hub, { image, labels }: PublishedManifest): Repository | undefined {
  const { repositories, packageVersions } = hub.store.world;
  const source = labels['org.opencontainers.image.source'];
  const named = source ? new URL(source).pathname.slice(1).toLowerCase() : undefined;
  const linked = packageVersions
    .find((version) => version.image === image && version.repository)
    ?.repository?.toLowerCase();
  return repositories.find((candidate) => [named, linked, image].includes(fullName(candidate).toLowerCase()));
}

function packageShape(hub: Hub, published: PublishedManifest, versionId: number) {
  const [namespace = '', ...rest] = published.image.split('/');
  const name = rest.join('/');
  const repository = linkedRepository(hub, published);
  const owner = repository ? ownerOf(hub, repository) : accountOf(hub, namespace);
  const reference = `${REGISTRY_HOST}/${published.image}:${published.tag}`;
  const page = `${hub.links.origin}/orgs/${namespace}/packages/container/${encodeURIComponent(name)}`;
  const isIndex = published.mediaType === INDEX_TYPE;
  const allLabels = isIndex ? { 'github.internal.platforms': JSON.stringify(published.platforms) } : published.labels;
  const descriptor = ({ digest, mediaType, size }: { digest: string; mediaType: string; size: number }) => ({
    digest,
    media_type: mediaType,
    size,
  });
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
    owner: simpleUser(hub.links, owner),
    package_version: {
      id: versionId,
      version: published.digest,
      name: published.digest,
      description: '',
      summary: '',
      body: { repository: {}, info: {}, attributes: {}, _formatted: true },
      html_url: `${page}/${versionId}`,
      target_commitish: repository?.defaultBranch ?? 'main',
      created_at: ZERO_TIME,
      updated_at: ZERO_TIME,
      metadata: [],
      container_metadata: {
        tag: { name: published.tag, digest: published.tag ? published.digest : '' },
        labels: {
          description: '',
          source: isIndex ? '' : (published.labels['org.opencontainers.image.source'] ?? ''),
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
          config: isIndex ? { digest: '', media_type: '', size: 0 } : descriptor(published.config),
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
