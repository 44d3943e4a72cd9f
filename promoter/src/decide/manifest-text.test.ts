import { describe, expect, it } from 'vitest';
import { parseAsYaml11, parseManifest } from './manifest-text.ts';

describe('the text of a manifest', () => {
  it('is documents, with the lines of their nodes', () => {
    const { documents, lineOf } = parseManifest('# one\na: 1\n---\nb: 2\n');

    expect(documents.map(({ contents }) => contents && lineOf(contents))).toEqual([2, 4]);
  });

  it.each([
    ['tabs', 'a:\n\t- b\n', /Tabs are not allowed/, 2],
    ['a key twice', 'a: 1\na: 2\n', /unique/, 2],
    ['lists without end', `a:\n${'['.repeat(5_000)}`, /nested too deeply/, 2],
    ['a later document', 'a: 1\n---\nb: [\n', /Flow sequence/, 4],
  ])('with %s is refused with its line', (_what, text, message, line) => {
    expect(() => parseManifest(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string, line }) as Error,
    );
  });

  it('is read by YAML 1.1 as kustomize and Helm do', () => {
    const [document] = parseAsYaml11('a: on\nb: 1_0\n');

    expect(document?.toJS()).toEqual({ a: true, b: 10 });
  });
});
