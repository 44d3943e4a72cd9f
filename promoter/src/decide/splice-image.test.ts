import { isMap, isScalar } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest-text.ts';
import { applySplices, planSplices } from './splice-image.ts';

/** Replaces `tag` of the mapping at `a`, or adds `digest` to it. */
function edit(text: string, key: 'tag' | 'digest'): string {
  const [document] = parseManifest(text).documents;
  const map: unknown = document?.get('a', true);
  if (!isMap(map)) throw new Error('a is no mapping');
  const scalar: unknown = map.get(key, true);
  const at = isScalar(scalar) ? scalar : { map, key };
  return applySplices(text, planSplices(text, [{ at, text: 'v2' }]));
}

describe('a value that is replaced', () => {
  it.each([
    ['plain', 'a:\n  tag: v1 # why\n', 'a:\n  tag: v2 # why\n'],
    ['on a line of its own', 'a:\n  tag:\n    v1\n', 'a:\n  tag:\n    v2\n'],
    ['of two lines', 'a:\n  tag: "v\n    1"\n', 'a:\n  tag: "v2"\n'],
    ['with an anchor and a tag', 'a:\n  tag: &x !!str v1\n', 'a:\n  tag: &x !!str v2\n'],
    ['that is empty', 'a:\n  tag:   # none\n  b: c\n', 'a:\n  tag: v2   # none\n  b: c\n'],
    ['that is empty in a flow mapping', 'a: { tag: , b: c }\n', 'a: { tag: v2 , b: c }\n'],
    ['folded, with a comment', 'a:\n  tag: >- # why\n    v1\n\nb: c\n', 'a:\n  tag: v2 # why\n\nb: c\n'],
    ['literal at the end of a CRLF file', 'a:\r\n  tag: |\r\n    v1\r\n', 'a:\r\n  tag: v2\r\n'],
    ['folded, at the end', 'a:\n  tag: >-\n    v1', 'a:\n  tag: v2'],
  ])('%s', (_what, before, after) => {
    expect(edit(before, 'tag')).toBe(after);
  });
});

describe('a key that is missing', () => {
  it.each([
    ['behind the last one', 'a:\n  tag: v1\nb: c\n', 'a:\n  tag: v1\n  digest: v2\nb: c\n'],
    ['behind its comment', 'a:\n  tag: v1 # why\n\n# b\nb: c\n', 'a:\n  tag: v1 # why\n  digest: v2\n\n# b\nb: c\n'],
    ['without a newline at the end', 'a:\n    tag: v1', 'a:\n    tag: v1\n    digest: v2'],
    ['in a CRLF file', 'a:\r\n  tag: v1\r\nb: c\r\n', 'a:\r\n  tag: v1\r\n  digest: v2\r\nb: c\r\n'],
    ['behind a list', 'a:\n  x:\n  - y\n  - z: 1 # z\nb: c\n', 'a:\n  x:\n  - y\n  - z: 1 # z\n  digest: v2\nb: c\n'],
    ['behind a block', 'a:\n  x: >-\n    y\n\nb: c\n', 'a:\n  x: >-\n    y\n  digest: v2\n\nb: c\n'],
    ['behind a key without a value', 'a:\n  x: # none\nb: c\n', 'a:\n  x: # none\n  digest: v2\nb: c\n'],
    ['in its quotes', 'a:\n  "tag": \'v1\'\n', 'a:\n  "tag": \'v1\'\n  "digest": v2\n'],
    ['within braces', 'a: {tag: v1}\n', 'a: {tag: v1, digest: v2}\n'],
    ['within empty braces', 'a: {}\n', 'a: {digest: v2}\n'],
    ['within braces with a comma at the end', 'a: { tag: v1, }\n', 'a: { tag: v1, digest: v2, }\n'],
    ['in JSON', '{"a": {"tag": "v1"}}\n', '{"a": {"tag": "v1", "digest": "v2"}}\n'],
    [
      'in JSON of many lines',
      '{\n  "a": {\n    "tag": "v1"\n  }\n}\n',
      '{\n  "a": {\n    "tag": "v1",\n    "digest": "v2"\n  }\n}\n',
    ],
  ])('is inserted %s', (_where, before, after) => {
    expect(edit(before, 'digest')).toBe(after);
  });
});
