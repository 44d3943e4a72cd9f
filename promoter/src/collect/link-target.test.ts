import { describe, expect, it } from 'vitest';
import { followFirstLink, prefixesOf } from './link-target.ts';
import type { ManifestNode } from './snapshot-answer.ts';

const link = (text: string | null): ManifestNode => ({
  mode: 0o120000,
  object: { kind: 'Blob', oid: '1', text, isTruncated: false },
});
const file: ManifestNode = { mode: 0o100644, object: { kind: 'Blob', oid: '2', text: 'a: b', isTruncated: false } };
const folder: ManifestNode = { mode: 0o40000, object: { kind: 'Tree' } };

describe('the way to a manifest', () => {
  it('goes by the folders above it', () => {
    expect(prefixesOf('a/b/c.yaml')).toEqual(['a', 'a/b', 'a/b/c.yaml']);
  });

  it.each<[string, Record<string, ManifestNode>, string]>([
    ['the file itself', { 'apps/dev/k.yaml': link('../base/k.yaml') }, 'apps/base/k.yaml'],
    ['a folder', { apps: folder, 'apps/dev': link('../envs/dev') }, 'envs/dev/k.yaml'],
    ['the first folder', { apps: link('real') }, 'real/dev/k.yaml'],
    ['two things: the first', { apps: link('./real'), 'apps/dev/k.yaml': link('x') }, 'real/dev/k.yaml'],
  ])('follows a link that is %s', (_what, nodes, path) => {
    expect(followFirstLink('apps/dev/k.yaml', new Map(Object.entries(nodes)))).toEqual({ path });
  });

  it('ends where there is no link', () => {
    expect(followFirstLink('apps/dev/k.yaml', new Map([['apps/dev/k.yaml', file]]))).toBeUndefined();
    expect(followFirstLink('apps/dev/k.yaml', new Map())).toBeUndefined();
  });

  it.each([
    ['out of the repository', '../../../etc/passwd', 'leaves the config repository'],
    ['to an absolute path', '/etc/passwd', 'is the absolute path /etc/passwd'],
    ['up behind a name that may be a link itself', 'current/../shared.yaml', 'goes up behind a name'],
    ['to nothing', '', 'cannot be read'],
    ['to what is no text', null, 'cannot be read'],
    ['by control characters', 'a\u0000b', 'control character'],
  ])('does not lead %s', (_where, target, problem) => {
    expect(followFirstLink('apps/dev/k.yaml', new Map([['apps/dev/k.yaml', link(target)]]))).toEqual({
      problem: expect.stringContaining(problem) as string,
    });
  });
});
