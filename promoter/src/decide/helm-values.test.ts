import { describe, expect, it } from 'vitest';
import { findHelmImage } from './helm-values.ts';
import { readPlace } from './image-place.ts';
import { parseManifest } from './manifest-text.ts';
import { parseValuePath } from './value-path.ts';

const IMAGE = 'ghcr.io/acme/todo';
const find = (text: string, path: string) => findHelmImage(parseManifest(text), IMAGE, parseValuePath(path) ?? []);

describe('an image in Helm values', () => {
  it.each([
    ['repository, tag and digest', `image: { repository: ${IMAGE}, tag: v1, digest: d }`, 'image'],
    ['registry beside repository', 'image: { registry: ghcr.io, repository: acme/todo, tag: v1, digest: d }', 'image'],
    ['name in place of repository', `image: { name: ${IMAGE}, tag: v1, digest: d }`, 'image'],
    ['no name, which the chart has', 'image: { tag: v1, digest: d }', 'image'],
    ['an item of a list', `c: [{ image: { repository: ${IMAGE}, tag: v1, digest: d } }]`, 'c[0].image'],
    ['a key that is a number', `8080: { repository: ${IMAGE}, tag: v1, digest: d }`, '8080'],
    ['keys with dots', `a.b: { repository: ${IMAGE}, tag: v1, digest: d }`, '"a.b"'],
    ['a later document', `x: 1\n---\nimage: { tag: v1, digest: d }`, 'image'],
  ])('may have %s', (_what, text, path) => {
    expect(find(`${text}\n`, path).map(readPlace)).toEqual([{ tag: 'v1' }, { digest: 'd' }]);
  });

  it.each([
    ['a chart without a digest', `image: { repository: ${IMAGE}, tag: v1@d }`],
    ['one scalar', `image: ${IMAGE}:v1@d`],
  ])('may be in one place: %s', (_what, text) => {
    expect(find(`${text}\n`, 'image').map(readPlace)).toEqual([{ tag: 'v1', digest: 'd' }]);
  });

  it.each([
    ['nothing', 'web: { imag: x }', 'web.image', /has nothing at web\.image; did you mean imag\?/],
    ['nothing like it', 'web: { port: 1 }', 'web.image', /has nothing at web\.image; web has port/],
    ['nothing at the root', 'web: 1', 'image', /has nothing at image; the file has web/],
    ['a merge key', 'd: &d { image: {} }\nweb: { <<: *d }', 'web.image', /may have web\.image by the merge key <</],
    [
      'a digest that another mapping may have',
      'd: &d { digest: x }\nimage: { <<: *d, tag: v1 }',
      'image',
      /image\.digest may come by the merge key/,
    ],
    [
      'a tag that another mapping may have',
      'd: &d { tag: x }\nimage: { <<: *d, digest: x }',
      'image',
      /image\.tag may come by the merge key/,
    ],
    ['a list', 'image: [a]', 'image', /has a list at image; name one of its items: image\[0\]/],
    ['another repository', 'image: { repository: ghcr.io/acme/other }', 'image', /has ghcr.io\/acme\/other at image/],
    ['another image', 'image: nginx:1', 'image', /has nginx at image, not ghcr.io\/acme\/todo/],
    ['a tag alone', 'image: { tag: v1 }', 'image.tag', /has v1 at image\.tag.*name the mapping/],
    ['no registry', 'image: { repository: acme/todo }', 'image', /write registry: ghcr.io beside repository/],
    ['another registry', 'image: { registry: quay.io, repository: acme/todo }', 'image', /has quay.io\/acme\/todo/],
    ['a list for a tag', `image: { repository: ${IMAGE}, tag: [v1] }`, 'image', /image\.tag is no text/],
  ])('is refused where the path has %s', (_what, text, path, message) => {
    expect(() => find(`${text}\n`, path)).toThrow(message);
  });
});
