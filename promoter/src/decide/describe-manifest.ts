// What a file says of an image, as a value: its tag and digest, or what keeps it from being read and edited.
import { LRUCache } from 'lru-cache';
import { readImage, setImage } from './edit-manifest.ts';
import { ManifestError } from './manifest-text.ts';
import type { ManifestImage } from './promotion.ts';
import { formatValuePath, type ValuePath } from './value-path.ts';

/** An edit is tried with it: what cannot be edited is a problem before there is anything to promote. */
const TRIAL = { tag: 'promoter-trial-0', digest: `sha256:${'0'.repeat(64)}` };

/** A file is parsed once, however often it is read. In characters of all texts. */
const remembered = new LRUCache<string, ManifestImage>({
  maxSize: 4 * 1024 * 1024,
  sizeCalculation: (_said, key) => key.length,
});

/** @param text undefined for a file that is not there. @param paths where the image stands in a Helm values file. */
export function describeManifest(
  text: string | undefined,
  image: string,
  paths: readonly ValuePath[] = [],
): ManifestImage {
  if (text === undefined) return { problem: 'there is no such file', line: undefined };
  const key = [image, ...paths.map(formatValuePath), text].join('\n');
  const known = remembered.get(key) ?? read(text, image, paths);
  remembered.set(key, known);
  return known;
}

function read(text: string, image: string, paths: readonly ValuePath[]): ManifestImage {
  try {
    const said = readImage(text, image, paths);
    setImage(text, image, TRIAL, paths);
    return said;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { problem: error.message, line: error.line };
  }
}
