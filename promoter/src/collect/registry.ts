// Which releases exist is asked of the registry: its tags on every resync, and the digest of a tag when a ring names it.
// Where it cannot be read, what was announced stands, and the board says that it is only that.
import { LRUCache } from 'lru-cache';
import { commitOfTag } from '../decide/order-releases.ts';
import { newestTags } from '../decide/newest-tags.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Ignore } from '../decide/promotion.ts';
import type { Release } from '../decide/release.ts';
import type { OnBound } from '../ports.ts';
import type { RegistryClient } from './registry-client.ts';

export interface Registry {
  /** The newest tags that a pipeline may promote, with their digests. */
  releases(pipelines: readonly Pipeline[]): Promise<Release[]>;
  /** Whether it said lately that the tag has this digest. */
  isConfirmed(release: Release): boolean;
  /** Those that the registry denies, with the reason. */
  denied(candidates: readonly Release[]): Promise<Ignore[]>;
}

const TAGS_OF_A_PIPELINE = 5;
const IMAGES_AT_ONCE = 10;
const CONFIRMED_FOR_MS = 300_000;
/** A registry that does not answer delays no more than one reconcile in this time. */
const UNREADABLE_FOR_MS = 60_000;
const MAX_KNOWN = 5_000;

export function createRegistry(client: RegistryClient, onBound: OnBound): Registry {
  /** The digest of a tag, by image and tag: a tag that is pushed again takes back what was confirmed of its build before. */
  const confirmed = new LRUCache<string, string>({ max: MAX_KNOWN, ttl: CONFIRMED_FOR_MS });
  const unreadable = new LRUCache<string, string>({ max: MAX_KNOWN, ttl: UNREADABLE_FOR_MS });

  const confirm = ({ image, tag, digest }: Release): unknown => confirmed.set(`${image}:${tag}`, digest);
  const isConfirmed = ({ image, tag, digest }: Release): boolean => confirmed.get(`${image}:${tag}`) === digest;

  async function releasesOf(image: string, pipelines: readonly Pipeline[]): Promise<Release[]> {
    const listed = await client.tags(image);
    if (listed.kind === 'unreadable') {
      unreadable.set(image, listed.reason);
      return [];
    }
    unreadable.delete(image);
    const found = pipelines.flatMap((pipeline) =>
      newestTags(listed.value, pipeline, TAGS_OF_A_PIPELINE).map(async (tag): Promise<Release[]> => {
        const digest = await client.digest(image, tag);
        if (digest.kind === 'unreadable' || digest.value === undefined) return [];
        const release = { image, tag, digest: digest.value, commit: commitOfTag(tag, pipeline) };
        confirm(release);
        return [release];
      }),
    );
    return (await Promise.all(found)).flat();
  }

  /** Why the registry does not have it; undefined where it does, or cannot be read. */
  async function whyDenied(release: Release): Promise<string | undefined> {
    const { image, tag, digest } = release;
    if (isConfirmed(release) || unreadable.has(image)) return undefined;
    const found = await client.digest(image, tag);
    if (found.kind === 'unreadable') {
      unreadable.set(image, found.reason);
      return undefined;
    }
    if (found.value === digest) {
      confirm(release);
      return undefined;
    }
    if (found.value !== undefined) return `its registry has ${found.value} as ${tag}, not ${digest}`;
    // Some registries answer 404 to whoever may not read: only one that lists the tags denies a tag.
    const listed = await client.tags(image);
    if (listed.kind === 'read') return `its registry has no tag ${tag}`;
    unreadable.set(image, listed.reason);
    return undefined;
  }

  /** One after the other: the first that cannot be asked saves the others the wait. */
  async function deniedOf(candidates: readonly Release[]): Promise<(readonly [Release, string])[]> {
    const found: (readonly [Release, string])[] = [];
    for (const release of candidates) {
      const reason = await whyDenied(release);
      if (reason !== undefined) found.push([release, reason]);
    }
    return found;
  }

  return {
    isConfirmed,
    async releases(pipelines) {
      const byImage = Map.groupBy(pipelines, ({ image }) => image);
      const found = await inBatches([...byImage], ([image, own]) => releasesOf(image, own));
      const failed = [...byImage.keys()].flatMap((image) => unreadable.get(image) ?? []);
      if (failed.length > 0)
        onBound(
          'unreadable_registries',
          `${failed.length} of ${byImage.size} images cannot be read in their registry (${failed[0]}): their releases are only what was announced, and what the delivery log of three days holds`,
        );
      return found;
    },
    async denied(candidates) {
      const byImage = Map.groupBy(candidates, ({ image }) => image);
      const reasons = new Map(await inBatches([...byImage.values()], deniedOf));
      return candidates.flatMap((release): Ignore[] => {
        const reason = reasons.get(release);
        return reason === undefined ? [] : [{ kind: 'ignore', pipeline: undefined, release, reason }];
      });
    },
  };
}

/** @param images what is asked about each. */
async function inBatches<Image, Found>(
  images: readonly Image[],
  ask: (image: Image) => Promise<readonly Found[]>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let from = 0; from < images.length; from += IMAGES_AT_ONCE)
    found.push(...(await Promise.all(images.slice(from, from + IMAGES_AT_ONCE).map(ask))).flat());
  return found;
}
