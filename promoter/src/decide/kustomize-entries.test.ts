import { describe, expect, it } from 'vitest';
import { isMissing, readPlace } from './image-place.ts';
import { findKustomizeEntries } from './kustomize-entries.ts';
import { parseManifest } from './manifest-text.ts';

const IMAGE = 'ghcr.io/acme/todo';
const find = (text: string) => findKustomizeEntries(parseManifest(text), IMAGE);

describe("an image in Kustomize's images:", () => {
  it.each([
    ['by its name', `images: [{ name: ${IMAGE}, newTag: v1, digest: d }]\n`],
    ['by the name that another gets', `images: [{ name: todo, newName: ${IMAGE}, newTag: v1, digest: d }]\n`],
    ['by a name that is an alias', `n: &n ${IMAGE}\nimages: [{ name: *n, newTag: v1, digest: d }]\n`],
    ['in an entry that is an alias', `e: &e { name: ${IMAGE}, newTag: v1, digest: d }\nimages: [*e]\n`],
    ['in a later document', `a: 1\n---\nimages: [{ name: ${IMAGE}, newTag: v1, digest: d }]\n`],
  ])('is found %s', (_how, text) => {
    expect(find(text).map(readPlace)).toEqual([{ tag: 'v1' }, { digest: 'd' }]);
  });

  it('is every entry that ends in it', () => {
    const text = `images:\n- { name: web, newName: ${IMAGE}, newTag: v1 }\n- { name: ${IMAGE}, newTag: v1 }\n- { name: other, newTag: v1 }\n`;
    expect(find(text).map(({ label, at }) => [label, isMissing(at)])).toEqual([
      ['newTag of images: entry web', false],
      ['digest of images: entry web', true],
      [`newTag of images: entry ${IMAGE}`, false],
      [`digest of images: entry ${IMAGE}`, true],
    ]);
  });

  it.each([
    ['no kustomization', 'a: [1]\n'],
    ['a list', '- images\n'],
    ['images: of another form', 'images: { a: b }\n'],
    ['entries of another form', 'images: [a, [b], ~]\n'],
  ])('is not in %s', (_what, text) => {
    expect(find(text)).toEqual([]);
  });

  it.each([
    ['two entries of one name', `images:\n- name: ${IMAGE}\n- name: ${IMAGE}\n`, /\(lines 2 and 3\)/, 3],
    ['a merge key', `b: &b { newTag: v1 }\nimages:\n- <<: *b\n  name: ${IMAGE}\n`, /merge key <</, 3],
    ['a list for a tag', `images:\n- name: ${IMAGE}\n  newTag: [v1]\n`, /newTag of .* is no text/, 2],
    ['an alias without an anchor', `images:\n- name: ${IMAGE}\n  newTag: *x\n`, /no anchor &x/, 3],
  ])('with %s is refused with its line', (_what, text, message, line) => {
    expect(() => find(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string, line }) as Error,
    );
  });
});
