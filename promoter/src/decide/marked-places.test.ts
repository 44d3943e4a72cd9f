import { describe, expect, it } from 'vitest';
import { readPlace } from './image-place.ts';
import { parseManifest } from './manifest-text.ts';
import { findMarkedPlaces } from './marked-places.ts';

const IMAGE = 'localhost:5000/todo';
const find = (text: string) => findMarkedPlaces(parseManifest(text), IMAGE);

describe('a marked scalar', () => {
  it.each([
    ['of a mapping', `a: v1 # promoter: ${IMAGE}:tag\n`],
    ['of a list', `- v1 # promoter: ${IMAGE}:tag\n`],
    ['of the root', `v1 # promoter: ${IMAGE}:tag\n`],
    ['of a flow mapping', `{ a: v1, # promoter: ${IMAGE}:tag\n  b: c }\n`],
    ['in quotes', `a: "v1" # promoter: ${IMAGE}:tag\n`],
    ['of a block', `a: >- # promoter: ${IMAGE}:tag\n  v1\n`],
    ['in a CRLF file', `a: v1 # promoter: ${IMAGE}:tag\r\nb: c\r\n`],
    ['in a later document', `a: v2\n---\na: v1 # promoter: ${IMAGE}:tag\n`],
  ])('%s is a place', (_where, text) => {
    expect(find(text).map(readPlace)).toEqual([{ tag: 'v1' }]);
  });

  it.each([
    ['a tag', `a: v1 # promoter: ${IMAGE}:tag`, { tag: 'v1' }],
    ['an empty tag', `a: # promoter: ${IMAGE}:tag`, { tag: '' }],
    ['a digest', `a: d # why, promoter: ${IMAGE}:digest`, { digest: 'd' }],
    ['a tag with its digest', `a: v1@d # promoter: ${IMAGE}:tag`, { tag: 'v1', digest: 'd' }],
    ['a whole reference', `a: ${IMAGE}:v1@d # promoter: ${IMAGE}`, { tag: 'v1', digest: 'd' }],
    ['a reference that is empty', `a: '' # promoter: ${IMAGE}`, { tag: '', digest: '' }],
  ])('holds %s', (_what, text, fields) => {
    expect(find(`${text}\n`).map(readPlace)).toEqual([fields]);
  });

  it.each([
    ['of another image', 'a: v1 # promoter: localhost:5000/other:tag'],
    ['with a name that is longer', `a: v1 # promoter: ${IMAGE}-2:tag`],
    ['on the next line', `a: v1\n# promoter: ${IMAGE}:tag`],
    ['on a mapping', `a: # promoter: ${IMAGE}:tag\n  b: v1`],
    ['in a text', `a: "v1 # promoter: ${IMAGE}:tag"`],
  ])('is none: a marker %s', (_which, text) => {
    expect(find(`${text}\n`)).toEqual([]);
  });

  it('of another image is refused where it is marked as a whole', () => {
    expect(() => find(`a: 1\nb: other:v1 # promoter: ${IMAGE}\n`)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`marks other as ${IMAGE}`) as string,
        line: 2,
      }) as Error,
    );
  });
});
