// Where a manifest speaks of an image: every place, each once, and only places that an edit can reach.
import type { Alias, Scalar } from 'yaml';
import { didYouMean } from './closest-name.ts';
import { findHelmImage } from './helm-values.ts';
import { isMissing, type Place, readPlace } from './image-place.ts';
import { findKustomizeEntries, imagesOf } from './kustomize-entries.ts';
import { ManifestError, type ManifestText } from './manifest-text.ts';
import { findMarkedPlaces } from './marked-places.ts';
import type { ValuePath } from './value-path.ts';

/**
 * @param paths where in a Helm values file; none for Kustomize's entries. Marked scalars are places either way.
 * @throws ManifestError with the line, where the image is not there, only in half, or where an edit would reach something else.
 */
export function findImage(manifest: ManifestText, image: string, paths: readonly ValuePath[]): Place[] {
  const named =
    paths.length > 0
      ? paths.flatMap((path) => findHelmImage(manifest, image, path))
      : findKustomizeEntries(manifest, image);
  const places = onceEach([...named, ...findMarkedPlaces(manifest, image)], manifest);
  const holding = (field: 'tag' | 'digest'): boolean => places.some((place) => readPlace(place)[field] !== undefined);
  if (places.length === 0)
    throw new ManifestError(
      `has no images: entry named ${image} and no scalar marked "# promoter: ${image}:tag"${didYouMean(image, imagesOf(manifest)) || '; of a Helm values file, name the path'}`,
    );
  if (!holding('digest'))
    throw new ManifestError(
      `marks no digest of ${image}; add the comment "# promoter: ${image}:digest" to its line, or write tag@digest into the tag where a chart knows no digest`,
      lineOfFirst(places, manifest),
    );
  if (!holding('tag'))
    throw new ManifestError(
      `marks no tag of ${image}; add the comment "# promoter: ${image}:tag" to its line`,
      lineOfFirst(places, manifest),
    );
  return places;
}

const lineOfFirst = ([first]: readonly Place[], { lineOf }: ManifestText): number | undefined =>
  first && lineOf(isMissing(first.at) ? first.at.map : first.at);

/** An alias is a place where what it stands for is one too: then one edit changes both. */
function onceEach(places: readonly Place[], { lineOf }: ManifestText): Place[] {
  const direct = new Map<Scalar, Place>();
  const missing = new Map<string, Place>();
  for (const place of places) {
    const { at, through } = place;
    if (isMissing(at)) {
      if (through.length === 0) missing.set(`${lineOf(at.map)} ${at.map.range?.[0]} ${at.key}`, place);
    } else if (through.length === 0 && !direct.has(at)) direct.set(at, place);
  }
  const byPlace = new Map<Place, Alias[]>();
  for (const place of places) {
    const { at, through, label } = place;
    const [alias] = through;
    if (!alias) continue;
    const own = isMissing(at)
      ? [...missing.values()].find((one) => isMissing(one.at) && one.at.map === at.map && one.at.key === at.key)
      : direct.get(at);
    if (!own)
      throw new ManifestError(
        `${label} is the alias *${alias.source}, and its anchor may stand for something else; write the value itself`,
        lineOf(alias),
      );
    byPlace.set(own, [...(byPlace.get(own) ?? []), ...through]);
  }
  return [...direct.values(), ...missing.values()].map((place) => ({ ...place, through: byPlace.get(place) ?? [] }));
}
