import { describe, expect, it } from 'vitest';
import { describeManifest } from './describe-manifest.ts';

const IMAGE = 'ghcr.io/acme/todo';

describe('what a file says of an image', () => {
  it('is its tag and digest', () => {
    const text = `web:\n  image: ${IMAGE}:v1\n`;

    expect(describeManifest(text, IMAGE, [['web', 'image']])).toEqual({ tag: 'v1', digest: '' });
    expect(describeManifest(text, IMAGE)).toMatchObject({
      problem: expect.stringContaining('has no images') as string,
    });
  });

  it.each([
    ['is not there', undefined, 'there is no such file', undefined],
    ['does not parse', 'a: [\n', 'Flow sequence', 2],
    [
      'says two things',
      `a: ${IMAGE}:v1 # promoter: ${IMAGE}\nb: ${IMAGE}:v2 # promoter: ${IMAGE}\n`,
      'v1 in line 1, v2 in line 2',
      2,
    ],
    ['can be read and not edited', `images:\n- name: ${IMAGE}\n  newTag: &t v1\nx: *t\n`, 'uses the image', 4],
  ])('is a problem where the file %s', (_what, text, problem, line) => {
    const said = { problem: expect.stringContaining(problem) as string, line };
    expect(describeManifest(text, IMAGE)).toEqual(said);
    expect(describeManifest(text, IMAGE)).toEqual(said);
  });
});
