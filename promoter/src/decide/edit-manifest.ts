// Reads and writes an image's tag and digest in a manifest. An edit replaces what says them and nothing else: every other byte stays, be it
// comment, blank line, anchor, quote or line ending.
import type { Scalar } from 'yaml';
import { findImage } from './find-image.ts';
import { type ImageFields, isMissing, type Place, readPlace, textFor } from './image-place.ts';
import { ManifestError, type ManifestText, parseManifest } from './manifest-text.ts';
import { applySplices, planSplices } from './splice-image.ts';
import type { ValuePath } from './value-path.ts';
import { verifyEdit } from './verify-edit.ts';
import { isPlain } from './write-scalar.ts';

/**
 * @param paths where the image stands in a Helm values file; none elsewhere.
 * @throws ManifestError with the line, when the file does not parse, does not hold the image, or says two things of it.
 */
export function readImage(text: string, image: string, paths: readonly ValuePath[] = []): ImageFields {
  const manifest = parseManifest(text);
  const places = findImage(manifest, image, paths);
  return { tag: agreedOn('tag', places, manifest), digest: agreedOn('digest', places, manifest) };
}

/** What all places say that hold the field. */
function agreedOn(field: keyof ImageFields, places: readonly Place[], manifest: ManifestText): string {
  const [first, ...others] = places.flatMap((place) => {
    const said = readPlace(place)[field];
    return said === undefined ? [] : [{ said, line: lineOf(place, manifest) }];
  });
  const other = others.find(({ said }) => said !== first?.said);
  if (!first || !other) return first?.said ?? '';
  const describe = ({ said, line }: typeof other): string => `${said || 'none'} in line ${line ?? '?'}`;
  throw new ManifestError(`says two ${field}s: ${describe(first)}, ${describe(other)}; write the same`, other.line);
}

const lineOf = ({ at }: Place, manifest: ManifestText): number | undefined =>
  manifest.lineOf(isMissing(at) ? at.map : at);

/** What says it already keeps its bytes, unless YAML 1.1 reads another value there. */
const says = ({ value, type }: Scalar, text: string): boolean =>
  value === text && (type !== 'PLAIN' || text === '' || isPlain(text));

/**
 * Places that said different things agree afterwards.
 * @throws ManifestError as `readImage` does, and where the edit would change anything but the image.
 */
export function setImage(text: string, image: string, fields: ImageFields, paths: readonly ValuePath[] = []): string {
  const manifest = parseManifest(text);
  const planned = findImage(manifest, image, paths)
    .map((place) => ({ place, text: textFor(place.holds, image, fields) }))
    .filter(({ place: { at }, text: value }) => (isMissing(at) ? value !== '' : !says(at, value)));
  if (planned.length === 0) return text;
  const changes = planned.map(({ place: { at }, text: value }) => ({ at, text: value }));
  const edited = applySplices(text, planSplices(text, changes));
  verifyEdit(manifest, edited, planned);
  return edited;
}
