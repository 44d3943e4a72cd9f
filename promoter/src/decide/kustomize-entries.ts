// Entries of Kustomize's `images:`. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
import { isMap, isScalar, isSeq, type Scalar, type YAMLMap } from 'yaml';
import { followAliases, type Holds, type Place, textOf } from './image-place.ts';
import { ManifestError, type ManifestText } from './manifest-text.ts';

interface Entry {
  map: YAMLMap;
  name: string;
  document: number;
}

/**
 * The image's entries: those of its name, and those that give its name to another (`newName`).
 * @throws ManifestError where two entries have one name: Kustomize applies both, and the last one wins.
 */
export function findKustomizeEntries(manifest: ManifestText, image: string): Place[] {
  const entries = manifest.documents.flatMap((document, index) => {
    const root = document.contents;
    const images: unknown = isMap(root) ? root.get('images', true) : undefined;
    if (!isSeq(images)) return [];
    return images.items.flatMap((item): Entry[] => {
      if (!isMap(item)) return [];
      const [name, newName] = [textAt(item, 'name'), textAt(item, 'newName')];
      return name === image || newName === image ? [{ map: item, name: name ?? '', document: index }] : [];
    });
  });
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

const textAt = (map: YAMLMap, key: string): string | undefined => {
  const node: unknown = map.get(key, true);
  return isScalar(node) ? textOf(node) : undefined;
};

function placesOf(manifest: ManifestText, entry: Entry): Place[] {
  const digest = placeAt(manifest, entry, 'digest', 'digest');
  const tag = placeAt(manifest, entry, 'newTag', 'tag');
  return [tag, digest];
}

function placeAt(manifest: ManifestText, { map, name, document }: Entry, key: string, holds: Holds): Place {
  const label = `${key} of images: entry ${name}`;
  if (!map.has(key)) {
    const merge = map.items.find((pair) => isScalar(pair.key) && pair.key.source === '<<');
    if (merge)
      throw new ManifestError(
        `${label} may come by the merge key <<; write newTag and digest into the entry itself`,
        manifest.lineOf(isScalar(merge.key) ? merge.key : map),
      );
    return { holds, label, at: { map, key }, through: [] };
  }
  const { node, through } = followAliases(manifest, map.get(key, true), document);
  return { holds, label, at: scalarOf(manifest, node, map, label), through };
}

/** @throws ManifestError where a list or a mapping stands there. */
export function scalarOf({ lineOf }: ManifestText, node: unknown, map: YAMLMap, label: string): Scalar {
  if (isScalar(node) && node.range) return node;
  throw new ManifestError(`${label} is no text; write one, such as ""`, lineOf(map));
}
