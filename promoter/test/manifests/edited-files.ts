// Files of people, each with a release, and what the promoter makes of them.
import * as fc from 'fast-check';
import { setImage } from '../../src/decide/edit-manifest.ts';
import { parseValuePath } from '../../src/decide/value-path.ts';
import { type Kustomization, kustomizations, otherImages } from './kustomizations.ts';
import { IMAGE, type Promoted, promoted } from './release.ts';
import { type ValuesFile, valuesFiles } from './values-files.ts';

export type Edited<File> = File & {
  release: Promoted;
  edited: string;
  /** What is to be deployed of it: the image first. */
  images: string[];
};

const referenceOf = ({ tag, digest }: Promoted): string => `${IMAGE}:${tag}@${digest}`;

export function editKustomization(file: Kustomization, release: Promoted): Edited<Kustomization> {
  const images = [referenceOf(release), ...otherImages(file.text)];
  return { ...file, release, edited: setImage(file.text, IMAGE, release), images };
}

export function editValues(file: ValuesFile, release: Promoted): Edited<ValuesFile> {
  const path = parseValuePath(file.path) ?? [];
  return { ...file, release, edited: setImage(file.text, IMAGE, release, [path]), images: [referenceOf(release)] };
}

export const someKustomizations = (count: number, seed?: number): Edited<Kustomization>[] =>
  sample(kustomizations, count, seed).map(([file, release]) => editKustomization(file, release));

export const someValues = (count: number, seed?: number): Edited<ValuesFile>[] =>
  sample(valuesFiles, count, seed).map(([file, release]) => editValues(file, release));

function sample<File>(files: fc.Arbitrary<File>, numRuns: number, seed: number | undefined): [File, Promoted][] {
  return fc.sample(fc.tuple(files, promoted), { numRuns, ...(seed === undefined ? {} : { seed }) });
}
