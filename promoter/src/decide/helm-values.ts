// An image in a Helm values file, at a path: a mapping of `repository`, `tag` and `digest`, or one scalar `name:tag@digest`.
import { isMap, isScalar, isSeq, type Alias, type YAMLMap } from 'yaml';
import { didYouMean } from './closest-name.ts';
import { followAliases, parseReference, type Place, textOf } from './image-place.ts';
import { refuseMerged, scalarOf } from './kustomize-entries.ts';
import { ManifestError, type ManifestText } from './manifest-text.ts';
import { formatValuePath, type ValuePath } from './value-path.ts';

/** What charts call the image's name beside `tag`: `repository` (helm create, Bitnami with `registry`), or `name`. */
const NAMES = ['repository', 'name'];

interface At {
  manifest: ManifestText;
  label: string;
  document: number;
  through: readonly Alias[];
}

/** @throws ManifestError where nothing stands at the path, or another image. */
export function findHelmImage(manifest: ManifestText, image: string, path: ValuePath): Place[] {
  const { node, ...where } = walk(manifest, path);
  const label = formatValuePath(path);
  const at: At = { manifest, label, ...where };
  if (isMap(node)) return placesOf(node, image, at);
  if (!isScalar(node)) throw new ManifestError(`has a list at ${label}; name one of its items: ${label}[0]`);
  const { name } = parseReference(textOf(node));
  if (name !== '' && name !== image)
    throw new ManifestError(
      `has ${name} at ${label}, not ${image}; name the mapping that holds repository and tag, or the scalar of the whole image`,
      manifest.lineOf(node),
    );
  return [{ holds: 'reference', label, at: node, through: where.through }];
}

/** The node at a path. Values files are one document: of several, the first one counts that has its first key. */
function walk(manifest: ManifestText, path: ValuePath): { node: unknown; document: number; through: readonly Alias[] } {
  const holding = manifest.documents.findIndex(({ contents }) => isMap(contents) && contents.has(path[0]));
  const document = Math.max(0, holding);
  let node: unknown = manifest.documents[document]?.contents;
  let through: readonly Alias[] = [];
  for (const [depth, key] of path.entries()) {
    const { child, known } = childOf(node, key);
    if (child === undefined) {
      const above = depth === 0 ? 'the file' : formatValuePath(path.slice(0, depth));
      const hint =
        didYouMean(key, known) || (known.length > 0 ? `; ${above} has ${known.slice(0, 10).join(', ')}` : '');
      const label = formatValuePath(path.slice(0, depth + 1));
      const line = isMap(node) || isSeq(node) ? manifest.lineOf(node) : undefined;
      if (known.includes('<<')) throw new ManifestError(`may have ${label} by the merge key <<; write it out`, line);
      throw new ManifestError(`has nothing at ${label}${hint}`, line);
    }
    const followed = followAliases(manifest, child, document);
    node = followed.node;
    through = [...through, ...followed.through];
  }
  return { node, document, through };
}

function childOf(node: unknown, key: string): { child: unknown; known: string[] } {
  if (isSeq(node)) return { child: /^\d+$/.test(key) ? node.items[Number(key)] : undefined, known: [] };
  if (!isMap(node)) return { child: undefined, known: [] };
  const known = node.items.flatMap((pair) => (isScalar(pair.key) ? [pair.key.source ?? String(pair.key.value)] : []));
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return { child: pair?.value ?? undefined, known };
}

function placesOf(map: YAMLMap, image: string, at: At): Place[] {
  const textAt = (key: string): string | undefined => {
    const { node } = followAliases(at.manifest, map.get(key, true), at.document);
    return isScalar(node) ? textOf(node) : undefined;
  };
  const key = NAMES.find((one) => textAt(one));
  const repository = key === undefined ? undefined : textAt(key);
  const registry = textAt('registry');
  const name = [registry, repository].filter(Boolean).join('/');
  // Where the chart's own values say the name, there is nothing to compare.
  if (repository !== undefined && name !== image) {
    const hint =
      image.endsWith(`/${repository}`) && !registry
        ? `; write registry: ${image.slice(0, -repository.length - 1)} beside ${key ?? 'it'}, or the whole name`
        : '';
    throw new ManifestError(`has ${name} at ${at.label}, not ${image}${hint}`, at.manifest.lineOf(map));
  }
  // A chart that knows no digest would leave it out: without that key both stand in the tag.
  if (!map.has('digest')) {
    refuseMerged(at.manifest, map, `${at.label}.digest`);
    return [placeAt(map, 'tag', 'tag@digest', at)];
  }
  return [placeAt(map, 'tag', 'tag', at), placeAt(map, 'digest', 'digest', at)];
}

function placeAt(map: YAMLMap, key: string, holds: Place['holds'], { manifest, label, document, through }: At): Place {
  const own = `${label}.${key}`;
  if (!map.has(key)) {
    refuseMerged(manifest, map, own);
    return { holds, label: own, at: { map, key }, through };
  }
  const followed = followAliases(manifest, map.get(key, true), document);
  return {
    holds,
    label: own,
    at: scalarOf(manifest, followed.node, map, own),
    through: [...through, ...followed.through],
  };
}
