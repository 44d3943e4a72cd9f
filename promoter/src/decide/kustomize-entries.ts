// Entries of Kustomize's `images:`. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
import { type Alias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import { type Followed, followAliases, type Holds, type Place, textOf } from './image-place.ts';
import { ManifestError, type ManifestText } from './manifest-text.ts';

interface Entry {
  map: YAMLMap;
  name: string;
  newName: string | undefined;
  document: number;
  /** Aliases on the way to it. */
  through: readonly Alias[];
}

/**
 * The image's entries: those of its name, and those that give its name to another (`newName`).
 * @throws ManifestError where two entries have one name: Kustomize applies both, and the last one wins.
 */
export function findKustomizeEntries(manifest: ManifestText, image: string): Place[] {
  const entries = entriesOf(manifest).filter(({ name, newName }) => name === image || newName === image);
  for (const [name, [first, second]] of Map.groupBy(entries, (entry) => entry.name)) {
    if (!first || !second) continue;
    const lines = [first, second].map(({ map }) => manifest.lineOf(map)).join(' and ');
    throw new ManifestError(
      `has more than one images: entry named ${name} (lines ${lines}), and the last one wins; remove the others`,
      manifest.lineOf(second.map),
    );
  }
  return entries.flatMap((entry) => placesOf(manifest, entry));
}

/** What the file has entries for, as far as it is one of Kustomize. */
export const imagesOf = (manifest: ManifestText): string[] =>
  entriesOf(manifest).map(({ name, newName }) => newName ?? name);

function entriesOf(manifest: ManifestText): Entry[] {
  return manifest.documents.flatMap(({ contents }, document) => {
    const follow = (node: unknown): Followed => followAliases(manifest, node, document);
    const images = follow(isMap(contents) ? contents.get('images', true) : undefined);
    if (!isSeq(images.node)) return [];
    return images.node.items.flatMap((item): Entry[] => {
      const { node: map, through } = follow(item);
      if (!isMap(map)) return [];
      const textAt = (key: string): string | undefined => {
        const { node } = follow(map.get(key, true));
        return isScalar(node) ? textOf(node) : undefined;
      };
      const name = textAt('name') ?? '';
      return [{ map, name, newName: textAt('newName'), document, through: [...images.through, ...through] }];
    });
  });
}

function placesOf(manifest: ManifestText, entry: Entry): Place[] {
  const digest = placeAt(manifest, entry, 'digest', 'digest');
  const tag = placeAt(manifest, entry, 'newTag', 'tag');
  return [tag, digest];
}

function placeAt(
  manifest: ManifestText,
  { map, name, document, through: before }: Entry,
  key: string,
  holds: Holds,
): Place {
  const label = `${key} of images: entry ${name}`;
  if (!map.has(key)) {
    refuseMerged(manifest, map, label);
    return { holds, label, at: { map, key }, through: before };
  }
  const { node, through } = followAliases(manifest, map.get(key, true), document);
  return { holds, label, at: scalarOf(manifest, node, map, label), through: [...before, ...through] };
}

/** @throws ManifestError where a key that a mapping does not have may come by another mapping. */
export function refuseMerged({ lineOf }: ManifestText, map: YAMLMap, label: string): void {
  const merge = map.items.map(({ key }) => key).find((key) => isScalar(key) && key.source === '<<');
  if (!isScalar(merge)) return;
  throw new ManifestError(`${label} may come by the merge key <<; write tag and digest where it stands`, lineOf(merge));
}

/** @throws ManifestError where a list or a mapping stands there. */
export function scalarOf({ lineOf }: ManifestText, node: unknown, map: YAMLMap, label: string): Scalar {
  if (isScalar(node) && node.range) return node;
  throw new ManifestError(`${label} is no text; write one, such as ""`, lineOf(map));
}
