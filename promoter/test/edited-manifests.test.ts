// For any file of the shapes that people have: what was written is what is read, every other byte stays, and twice is once.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImage, setImage } from '../src/decide/edit-manifest.ts';
import type { ImageFields } from '../src/decide/image-place.ts';
import { parseValuePath, type ValuePath } from '../src/decide/value-path.ts';
import { kustomizations } from './manifests/kustomizations.ts';
import { digests, IMAGE, promoted } from './manifests/release.ts';
import { valuesFiles } from './manifests/values-files.ts';

interface File {
  text: string;
  paths: ValuePath[];
}

const shapes: [string, fc.Arbitrary<File>][] = [
  ['kustomization', kustomizations.map(({ text }) => ({ text, paths: [] }))],
  ['values file', valuesFiles.map(({ text, path }) => ({ text, paths: [parseValuePath(path) ?? []] }))],
];

/** Whether an edit only replaces values: nothing is missing, and no block becomes a plain value. */
const isWhole = (text: string, { tag, digest }: ImageFields): boolean =>
  tag !== '' && digest !== '' && !/digest.?: [>|]/.test(text);

describe.each(shapes)('an edited %s', (_kind, files) => {
  it('says what was written, and writing it again changes nothing', () => {
    fc.assert(
      fc.property(files, promoted, ({ text, paths }, release) => {
        const edited = setImage(text, IMAGE, release, paths);

        expect(readImage(edited, IMAGE, paths)).toEqual(release);
        expect(setImage(edited, IMAGE, release, paths)).toBe(edited);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same file again once the old values are written', () => {
    let restored = 0;
    fc.assert(
      fc.property(files, digests, promoted, ({ text, paths }, digest, old) => {
        // What was missing is there from the first edit on.
        const before = isWhole(text, readImage(text, IMAGE, paths)) ? text : setImage(text, IMAGE, old, paths);
        const said = readImage(before, IMAGE, paths);
        if (before === text) restored += 1;

        // A tag that needs quotes would leave them.
        const release = { tag: 'main-7-3f2a9c1', digest };
        expect(setImage(setImage(before, IMAGE, release, paths), IMAGE, said, paths)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
    expect(restored).toBeGreaterThan(50);
  });

  it('keeps every line of others where keys are added or blocks become plain', () => {
    const others = (text: string): string[] =>
      text.split(/\r?\n/).filter((line) => !/newTag|digest|tag:|sha256|todo/.test(line));
    fc.assert(
      fc.property(files, promoted, ({ text, paths }, release) => {
        const edited = setImage(text, IMAGE, release, paths);

        expect(others(edited)).toEqual(others(text));
        expect(edited.includes('\r\n')).toBe(text.includes('\r\n'));
        expect(edited.endsWith('\n')).toBe(text.endsWith('\n'));
      }),
      { numRuns: 1_000 },
    );
  });
});
