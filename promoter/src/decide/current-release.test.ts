import { describe, expect, it } from 'vitest';
import { declare, environment, record, release } from '../../test/fixtures.ts';
import { currentRelease } from './current-release.ts';

const pipeline = declare();
const B = release('b');
const current = (more: Parameters<typeof environment>[3], declared = pipeline) =>
  currentRelease({ declared }, environment(pipeline, 'dev', B, more));

describe('what an environment runs', () => {
  it.each([
    ['its manifest cannot be read', { image: { problem: 'is empty', line: undefined } }],
    ['its manifest has no digest yet', { image: { tag: B.tag, digest: '' } }],
  ])('is nothing while %s, whatever its record says', (_case, more) => {
    expect(current(more)).toBeUndefined();
  });

  it('is the release of its record, which knows the whole commit', () => {
    expect(current({})).toEqual(B);
  });

  it('is the release of its record also where a person changed the tag of the same digest', () => {
    expect(current({ image: { tag: 'latest', digest: B.digest } })).toEqual(B);
  });

  it.each([
    ['has no record', { record: undefined }],
    ['has a record of another digest', { record: record('dev', release('c')) }],
  ])('is what the manifest says where it %s, with the commit that the tag names', (_case, more) => {
    expect(current(more)).toEqual({ ...B, commit: 'bbbbbbb' });
  });

  it('has no commit where the tags name none', () => {
    const numbered = declare({ tags: String.raw`^main-(?<number>\d+)` });

    expect(current({ record: undefined }, numbered)).toEqual({ ...B, commit: undefined });
  });
});
