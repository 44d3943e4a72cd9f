// The releases that wait for a decision. Every bound keeps the newest, and is reported when it is reached.
import type { Declarations } from '../decide/judge-release.ts';
import { judgeRelease } from '../decide/judge-release.ts';
import type { Lineage } from '../decide/lineage.ts';
import { newestReleases } from '../decide/newest-releases.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import { referenceOf, type Release } from '../decide/release.ts';
import type { OnBound } from '../ports.ts';

export interface WaitingReleases {
  /** @returns false where there is no place for it. */
  add(release: Release): boolean;
  /** All of them, by image, without what newer ones have overtaken and without what nobody wants any more. */
  offer(): ReadonlyMap<string, readonly Release[]>;
  /** Drops what was offered and does not wait any longer. */
  settle(offered: ReadonlyMap<string, readonly Release[]>, keep: readonly Release[]): void;
  count(): number;
}

export interface WaitingReleasesDeps {
  declared(): Declarations;
  /** What is known by now of the commits that a pipeline's releases were built from. */
  lineageOf(pipeline: Pipeline): Lineage | undefined;
  onBound: OnBound;
}

const MAX_RELEASES = 5_000;
/** For one pipeline. Their commits are read before the newest is chosen, and tags may order them differently. */
const PLACES = 20;
/** Releases that nothing orders are all kept, up to here. */
const MAX_OF_IMAGE = 500;
/** What may belong to a pipeline that is not known yet never takes the place of what does belong to one. */
const MAX_UNCLAIMED = 1_000;

export function createWaitingReleases({ declared, lineageOf, onBound }: WaitingReleasesDeps): WaitingReleases {
  const wanted = new Map<string, Map<string, Release>>();
  /** In order of arrival. */
  const unclaimed = new Map<string, Release>();
  let wantedCount = 0;

  const keepOnly = (image: string, kept: readonly Release[]): void => {
    wantedCount += kept.length - (wanted.get(image)?.size ?? 0);
    if (kept.length > 0) wanted.set(image, new Map(kept.map((release) => [referenceOf(release), release])));
    else wanted.delete(image);
  };
  const isWanted = (release: Release): boolean => judgeRelease(release, declared()).kind === 'wanted';
  /** Leaves of one image what may still matter. What no known pipeline wants at the moment is left to `offer`. */
  const prune = (image: string): void => {
    const all = [...(wanted.get(image)?.values() ?? [])];
    if (all.length <= PLACES) return;
    const newest = new Set(newestReleases(all, declared().pipelines, PLACES, lineageOf));
    const kept = all.filter((release) => newest.has(release) || !isWanted(release));
    if (kept.length === all.length) return;
    keepOnly(image, kept);
    onBound('releases_of_an_image', `more than ${PLACES} releases of ${image} wait; the newest are kept`);
  };
  /** The promotion files may have changed since it was placed. */
  const placeAgain = (): void => {
    for (const [image, ofImage] of wanted) {
      const others = [...ofImage.values()].filter((release) => !isWanted(release));
      if (others.length === 0) continue;
      keepOnly(image, [...ofImage.values()].filter(isWanted));
      others.forEach(place);
    }
    for (const [key, release] of unclaimed) {
      const { kind } = judgeRelease(release, declared());
      if (kind === 'unwanted' || (kind === 'wanted' && addWanted(release))) unclaimed.delete(key);
    }
  };

  function addWanted(release: Release): boolean {
    const { image } = release;
    const ofImage = wanted.get(image) ?? new Map<string, Release>();
    const key = referenceOf(release);
    if (!ofImage.has(key)) {
      if (wantedCount >= MAX_RELEASES) {
        onBound(
          'waiting_releases',
          `${MAX_RELEASES} releases wait; ${image}:${release.tag} is left in the delivery log`,
        );
        return false;
      }
      if (ofImage.size >= MAX_OF_IMAGE) {
        onBound('unordered_releases', `${MAX_OF_IMAGE} releases of ${image} wait and nothing orders them`);
        return false;
      }
      wantedCount += 1;
    }
    ofImage.set(key, release);
    wanted.set(image, ofImage);
    // Comparing all with all: every so often is enough.
    if (ofImage.size > PLACES && ofImage.size % PLACES === 0) prune(image);
    return true;
  }

  function addUnclaimed(release: Release): void {
    unclaimed.set(referenceOf(release), release);
    if (unclaimed.size <= MAX_UNCLAIMED) return;
    const [oldest] = unclaimed.keys();
    if (oldest !== undefined) unclaimed.delete(oldest);
    onBound(
      'unclaimed_releases',
      `more than ${MAX_UNCLAIMED} releases arrived that no known pipeline claims; the last are kept, the delivery log has the others`,
    );
  }

  /** @returns false where there is no place for it. */
  function place(release: Release): boolean {
    const { kind } = judgeRelease(release, declared());
    if (kind === 'wanted') return addWanted(release);
    if (kind === 'unclaimed') addUnclaimed(release);
    return true;
  }

  return {
    add: place,
    offer() {
      placeAgain();
      for (const image of wanted.keys()) prune(image);
      const all = [...[...wanted.values()].flatMap((ofImage) => [...ofImage.values()]), ...unclaimed.values()];
      return Map.groupBy(all, ({ image }) => image);
    },
    settle(offered, keep) {
      const kept = new Set(keep);
      const gone = new Set([...offered.values()].flat().filter((release) => !kept.has(release)));
      for (const image of offered.keys())
        keepOnly(
          image,
          [...(wanted.get(image)?.values() ?? [])].filter((release) => !gone.has(release)),
        );
      for (const [key, release] of unclaimed) if (gone.has(release)) unclaimed.delete(key);
    },
    count: () => wantedCount + unclaimed.size,
  };
}
