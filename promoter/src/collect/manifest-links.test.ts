import { describe, expect, it } from 'vitest';
import type { GitHub } from '../github/client.ts';
import { createManifestLinks } from './manifest-links.ts';

type Tree = Record<string, [mode: number, text: string | null]>;

/** GitHub's answers for a tree, and how often it was asked. */
function linksOf(tree: Tree) {
  let requests = 0;
  const graphql = (query: string, variables: Record<string, string>): Promise<unknown> => {
    requests += 1;
    const aliases = [...query.matchAll(/(at\d+): file\(path: \$(path\d+)\)/g)];
    const object = Object.fromEntries(
      aliases.map(([, alias = '', variable = '']) => {
        const [mode, text] = tree[variables[variable] ?? ''] ?? [];
        if (mode === undefined) return [alias, null];
        const blob = mode === 0o40000 ? { kind: 'Tree' } : { kind: 'Blob', oid: '1', text, isTruncated: false };
        return [alias, { mode, object: blob }];
      }),
    );
    return Promise.resolve({ repository: { object } });
  };
  const { follow } = createManifestLinks(() => Promise.resolve({ graphql } as GitHub), {
    owner: 'acme',
    name: 'config',
  });
  return { follow, requests: () => requests };
}

const LINK = 0o120000;
const FILE = 0o100644;

describe('following links', () => {
  it('reads what stands at the end, once for a commit', async () => {
    const { follow, requests } = linksOf({
      'dev.yaml': [LINK, 'apps/dev/k.yaml'],
      apps: [LINK, 'real'],
      'real/dev/k.yaml': [FILE, 'a: b'],
    });

    const led = { path: 'real/dev/k.yaml', node: { mode: FILE, object: { text: 'a: b' } } };
    expect((await follow('one', ['dev.yaml'])).get('dev.yaml')).toMatchObject(led);
    expect(requests()).toBe(3);
    expect((await follow('one', ['dev.yaml'])).get('dev.yaml')).toMatchObject(led);
    expect(requests()).toBe(3);
    await follow('two', ['dev.yaml']);
    expect(requests()).toBe(6);
  });

  it.each<[string, Tree, object]>([
    ['nowhere', { 'a.yaml': [LINK, 'b.yaml'] }, { path: 'b.yaml', node: null }],
    [
      'in a circle',
      { 'a.yaml': [LINK, 'b.yaml'], 'b.yaml': [LINK, 'a.yaml'] },
      { problem: 'goes by more than 8 symbolic links' },
    ],
    [
      'out of the repository',
      { 'a.yaml': [LINK, '../b'] },
      { problem: expect.stringContaining('leaves the config repository') },
    ],
    ['to a folder', { 'a.yaml': [LINK, 'b'], b: [0o40000, null] }, { path: 'b', node: { mode: 0o40000 } }],
  ])('that lead %s ends', async (_where, tree, led) => {
    expect((await linksOf(tree).follow('one', ['a.yaml'])).get('a.yaml')).toMatchObject(led);
  });

  it('fails for now where GitHub does not show the commit yet, and asks again', async () => {
    const answers: unknown[] = [
      null,
      { at0: { mode: FILE, object: { kind: 'Blob', oid: '1', text: 'a: b', isTruncated: false } } },
    ];
    const graphql = (_query: string): Promise<unknown> => Promise.resolve({ repository: { object: answers.shift() } });
    const links = createManifestLinks(() => Promise.resolve({ graphql } as GitHub), { owner: 'acme', name: 'config' });

    await expect(links.follow('one', ['a.yaml'])).rejects.toThrow('follow symbolic links of acme/config');
    expect((await links.follow('one', ['a.yaml'])).get('a.yaml')).toMatchObject({ path: 'a.yaml' });
  });
});
