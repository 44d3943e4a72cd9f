// GitHub Packages: records what the registry reports and, as GHCR does, sends one registry_package event per manifest.
import { accountOf, type Hub, now } from '../hub.ts';
import { packageShape, type PublishedPackage } from '../shapes/package.ts';
import { context } from '../webhooks/payloads.ts';
import { fullName, type PackageVersion, type Repository } from '../world.ts';

export function recordPublished(hub: Hub, published: PublishedPackage): void {
  const { world } = hub.store;
  const repository = linkedRepository(hub, published);
  const version = recordVersion(hub, published, repository);
  hub.store.save();
  if (!repository) return; // GitHub sends events only for packages that are linked to a repository
  const sender = world.workflowRuns.at(-1)?.actor ?? `${hub.app.slug}[bot]`;
  const shared = context(hub, repository, accountOf(hub, sender));
  const shape = packageShape(hub, published, repository, version.id);
  const about = { action: 'published', repositoryId: repository.id };
  hub.webhooks.emit({ ...about, event: 'registry_package', payload: { registry_package: shape, ...shared } });
  hub.webhooks.emit({ ...about, event: 'package', payload: { ...shared, package: shape } });
}

function recordVersion(
  hub: Hub,
  { image, digest, tag }: PublishedPackage,
  repository: Repository | undefined,
): PackageVersion {
  const { packageVersions } = hub.store.world;
  const ofImage = packageVersions.filter((version) => version.image === image);
  // A tag belongs to one version at a time.
  if (tag !== null) for (const version of ofImage) version.tags = version.tags.filter((other) => other !== tag);
  const tags = tag === null ? [] : [tag];
  const known = ofImage.find((version) => version.digest === digest);
  if (known) {
    known.tags.push(...tags);
    return known;
  }
  const created: PackageVersion = {
    id: hub.store.newId(),
    image,
    repository: repository ? fullName(repository) : null,
    digest,
    tags,
    createdAt: now(hub),
  };
  packageVersions.push(created);
  return created;
}

/** Finds the repository by the source label, by an earlier manifest of the same image, or by the image's own name. */
function linkedRepository(hub: Hub, { image, labels }: PublishedPackage): Repository | undefined {
  const { repositories, packageVersions } = hub.store.world;
  const source = labels['org.opencontainers.image.source'];
  const named = source ? new URL(source).pathname.slice(1).toLowerCase() : undefined;
  const linked = packageVersions
    .find((version) => version.image === image && version.repository)
    ?.repository?.toLowerCase();
  return repositories.find((candidate) => [named, linked, image].includes(fullName(candidate).toLowerCase()));
}
