import { isMap, isScalar } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Place } from './image-place.ts';
import { parseManifest } from './manifest-text.ts';
import { verifyEdit } from './verify-edit.ts';

const BEFORE = 'a: 1\nb:\n  tag: v1\nc: [x, { y: z }]\n';

/** As if `tag` of `b` were planned to be `v2`, and `digest` to be added. */
function verify(edited: string, before = BEFORE): void {
  const manifest = parseManifest(before);
  const map: unknown = manifest.documents[0]?.get('b', true);
  if (!isMap(map)) throw new Error('b is no mapping');
  const tag: unknown = map.get('tag', true);
  if (!isScalar(tag)) throw new Error('tag is no scalar');
  const places: Place[] = [
    { holds: 'tag', label: 'tag', at: tag, through: [] },
    { holds: 'digest', label: 'digest', at: { map, key: 'digest' }, through: [] },
  ];
  verifyEdit(
    manifest,
    edited,
    places.map((place, index) => ({ place, text: ['v2', '0b1'][index] ?? '' })),
  );
}

const right = BEFORE.replace('v1', 'v2\n  digest: "0b1"');

describe('an edit', () => {
  it('is right where exactly the image changed', () => {
    expect(() => verify(right)).not.toThrow();
  });

  it.each([
    ['another value', right.replace('a: 1', 'a: 2')],
    ['another type of a value', right.replace('a: 1', 'a: "1"')],
    ['another key', right.replace('a:', 'd:')],
    ['another text of the image', right.replace('v2', 'v3')],
    ['no added key', BEFORE.replace('v1', 'v2')],
    ['a number for YAML 1.1', right.replace('"0b1"', '0b1')],
    ['a key more', `${right}d: 1\n`],
    ['an item less', right.replace('x, ', '')],
    ['an anchor', right.replace('c: ', 'c: &c ')],
    ['another form', right.replace('[x, { y: z }]', '{ x: 1 }')],
    ['a document more', `${right}---\nd: 1\n`],
    ['text that does not parse', `${right}  : [`],
  ])('is refused with %s', (_what, edited) => {
    expect(() => verify(edited)).toThrow(/cannot be edited without changing more|would not parse after the edit/);
  });

  it.each([
    ['the value', 'b:\n  tag: &t v1\nd: *t\n', 3],
    ['a mapping above it', 'b: &b\n  tag: v1\nd:\n  <<: *b\n', 4],
    ['the file', 'x: &x 1\nb: &b { tag: v1 }\nd: [*x, *b]\n', 3],
  ])('is refused with the line of an alias that stands for %s', (_what, before, line) => {
    expect(() => verify('', before)).toThrow(
      expect.objectContaining({ message: expect.stringContaining("the image's anchor") as string, line }) as Error,
    );
  });
});
