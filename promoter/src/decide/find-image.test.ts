import { describe, expect, it } from 'vitest';
import { findImage } from './find-image.ts';
import { parseManifest } from './manifest-text.ts';
import { parseValuePath } from './value-path.ts';

const IMAGE = 'ghcr.io/acme/todo';
const find = (text: string, ...paths: string[]) =>
  findImage(
    parseManifest(text),
    IMAGE,
    paths.map((path) => parseValuePath(path) ?? []),
  );

describe('the places of an image', () => {
  it('are those of its entry and those that are marked, each once', () => {
    const text = `images:\n- name: ${IMAGE}\n  newTag: v1 # promoter: ${IMAGE}:tag\nversion: v1 # promoter: ${IMAGE}:tag\n`;

    expect(find(text).map(({ holds }) => holds)).toEqual(['tag', 'tag', 'digest']);
  });

  it('are those at all paths; an alias is one where its anchor is', () => {
    const text = `web:\n  image: &i { tag: v1 }\njob:\n  image: *i\n`;

    expect(find(text, 'web.image', 'job.image')).toMatchObject([
      { label: 'web.image.tag', through: [{ source: 'i' }] },
    ]);
    expect(() => find(text, 'job.image')).toThrow(/job\.image\.tag is the alias \*i/);
  });

  it('may be missing where the anchor of their mapping is a place', () => {
    const text = `web:\n  image: &i { repository: ${IMAGE} }\njob:\n  image: *i\n`;

    expect(find(text, 'web.image', 'job.image')).toMatchObject([{ at: { key: 'tag' }, through: [{ source: 'i' }] }]);
    expect(() => find(text, 'job.image')).toThrow(/is the alias \*i/);
  });

  it.each([
    ['no image', 'a: b\n', /has no images: entry named .* and no scalar marked/, undefined],
    ['none like it', 'images: [{ name: nginx }]\n', /; of a Helm values file, name the path/, undefined],
    [
      'one of another spelling',
      'images: [{ name: ghcr.io/acme/tood }]\n',
      /did you mean ghcr.io\/acme\/tood\?/,
      undefined,
    ],
    ['no digest', `a: 1\nb: v1 # promoter: ${IMAGE}:tag\n`, /marks no digest/, 2],
    ['no tag', `a: 1\nb: d # promoter: ${IMAGE}:digest\n`, /marks no tag/, 2],
  ])('are a problem where there is %s', (_what, text, message, line) => {
    expect(() => find(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string, line }) as Error,
    );
  });
});
