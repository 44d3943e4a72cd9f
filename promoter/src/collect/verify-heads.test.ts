import { describe, expect, it } from 'vitest';
import { setImage } from '../decide/edit-manifest.ts';
import { parsePromotionFile } from '../decide/promotion-config.ts';
import { editedTreeId, type Folder, treeId } from './promotion-tree.ts';
import type { Followed } from './manifest-links.ts';
import type { ParentFiles, ParentTreeReader } from './read-parent-trees.ts';
import type { HeadNode } from './snapshot-answer.ts';
import { createHeadVerifier, type HeadState } from './verify-heads.ts';

const IMAGE = 'ghcr.io/acme/todo';
const { pipelines } = parsePromotionFile(
  'p.yaml',
  `pipelines:\n  - name: todo\n    image: ${IMAGE}\n    tags: (?<number>\\d+)\n    environments: [{ name: dev, manifest: dev.yaml }, { name: prod, after: [dev], manifest: apps/prod.yaml, promote: pull-request }]\n`,
);
const [pipeline] = pipelines;
const prod = pipeline?.environments[1];
if (!pipeline || !prod) throw new Error('the pipeline does not parse');

const digest = `sha256:${'a'.repeat(64)}`;
const text = `images:\n  - name: ${IMAGE}\n    newTag: main-1\n    digest: ""\n`;
const oid = (digit: string): string => digit.repeat(40);
const folders: Folder[] = [
  { path: '', entries: [{ name: 'apps', mode: 0o40000, oid: oid('1') }] },
  { path: 'apps', entries: [{ name: 'prod.yaml', mode: 0o100644, oid: oid('2') }] },
];
const exact = editedTreeId(folders, 'apps/prod.yaml', setImage(text, IMAGE, { tag: 'main-2', digest })) ?? '';

const head = (more: Partial<HeadNode> = {}): HeadNode => ({
  oid: oid('c'),
  message: `promote(todo): prod to main-2\n\nBecause.\n\nPromotion: todo/prod\nImage: ${IMAGE}:main-2@${digest}`,
  committedDate: '2026-11-23T10:00:00Z',
  author: { name: 'promoter[bot]', email: '1+promoter[bot]@users.noreply.github.com', user: null },
  signature: { isValid: true, wasSignedByGitHub: true },
  parents: { nodes: [{ oid: oid('b') }] },
  tree: { oid: exact },
  file: { mode: 0o100644, object: { oid: oid('3') } },
  ...more,
});

function verifier(
  parent: ParentFiles | undefined,
  led: ReadonlyMap<string, Followed> = new Map(),
  file = 'apps/prod.yaml',
) {
  let reads = 0;
  const trees: ParentTreeReader = {
    read(wanted) {
      reads += 1;
      return Promise.resolve(wanted.map(() => parent));
    },
    onBase: (commits, recent) => Promise.resolve(new Set(commits.filter((commit) => recent.includes(commit)))),
  };
  const { verify } = createHeadVerifier({
    identity: () => Promise.resolve({ kind: 'app', login: 'promoter', host: 'github.com' }),
    trees,
    links: { follow: () => Promise.resolve(led) },
  });
  const judge = async (...heads: HeadNode[]): Promise<HeadState[]> => {
    if (!pipeline || !prod) throw new Error('the pipeline does not parse');
    return verify(
      heads.map((commit) => ({ commit, pipeline, environment: prod, file })),
      [oid('b')],
    );
  };
  return { judge, reads: () => reads };
}

describe('the head of a promotion branch', () => {
  it('is ours byte for byte, and is looked at once', async () => {
    const { judge, reads } = verifier({ folders, text });

    expect(await judge(head())).toMatchObject([{ kind: 'ours', record: { release: { tag: 'main-2', digest } } }]);
    expect(await judge(head(), head())).toMatchObject([{ kind: 'ours' }, { kind: 'ours' }]);
    expect(reads()).toBe(1);
  });

  it.each<[string, Partial<HeadNode>, HeadState['kind'], RegExp]>([
    ['that somebody amended', { signature: null }, 'altered', /was made by promoter\[bot\]/],
    [
      'of another author',
      { author: { name: 'Mallory', email: 'm@example.org', user: { login: 'mallory' } } },
      'altered',
      /ccccccc was made by mallory/,
    ],
    [
      'that is a merge by a person or a bot',
      { signature: null, parents: { nodes: [{ oid: oid('d') }, { oid: oid('b') }] } },
      'altered',
      /was made by/,
    ],
    ['on top of another commit', { signature: null, parents: { nodes: [{ oid: oid('d') }] } }, 'extended', /made by/],
    ['that stands on no commit of the base', { parents: { nodes: [{ oid: oid('d') }] } }, 'altered', /base branch/],
    ['without a parent', { parents: { nodes: [] } }, 'altered', /base branch/],
    ['with two parents', { parents: { nodes: [{ oid: oid('b') }, { oid: oid('b') }] } }, 'altered', /base branch/],
    [
      'that promotes another environment',
      { message: head().message.replace('todo/prod', 'todo/dev') },
      'altered',
      /promotes nothing/,
    ],
    ['that promotes nothing', { message: 'docs: x' }, 'altered', /promotes nothing/],
    ['with another tree', { tree: { oid: oid('9') } }, 'altered', /its parent's with this edit/],
  ])('%s is not', async (_which, more, kind, reason) => {
    expect(await verifier({ folders, text }).judge(head(more))).toMatchObject([
      { kind, reason: expect.stringMatching(reason) as string },
    ]);
  });

  it.each([
    ['an executable file', 0o100755, new Map<string, Followed>()],
    ['what a link leads to', 0o120000, new Map([['apps/prod.yaml', { path: 'real.yaml', node: null }]])],
  ])('is ours where it edits %s', async (_what, mode, led) => {
    const file = { name: 'prod.yaml', mode, oid: oid('2') };
    const inner = treeId([file]);
    const before: Folder[] = [
      {
        path: '',
        entries: [
          { name: 'apps', mode: 0o40000, oid: inner },
          { name: 'real.yaml', mode: 0o100644, oid: oid('4') },
        ],
      },
      { path: 'apps', entries: [file] },
    ];
    const edited = setImage(text, IMAGE, { tag: 'main-2', digest });
    const tree = editedTreeId(before, mode === 0o120000 ? 'real.yaml' : 'apps/prod.yaml', edited) ?? '';

    const now = mode === 0o120000 ? 'real.yaml' : 'apps/prod.yaml';
    const judge = (one: HeadNode) => verifier({ folders: before, text }, led, now).judge(one);

    expect(await judge(head({ tree: { oid: tree } }))).toMatchObject([{ kind: 'ours' }]);
    expect(await judge(head())).toMatchObject([{ kind: 'altered' }]);
  });

  it('is not where its manifest is another file by now: a link leads elsewhere, or promotion.yaml names another', async () => {
    expect(await verifier({ folders, text }, new Map(), 'apps/green.yaml').judge(head())).toMatchObject([
      { kind: 'altered' },
    ]);
  });

  it('is not where it replaces a link by a file', async () => {
    const linked = folders.map((folder) => ({
      ...folder,
      entries: folder.entries.map((one) => (one.name === 'prod.yaml' ? { ...one, mode: 0o120000 } : one)),
    }));

    expect(await verifier({ folders: linked, text }).judge(head())).toMatchObject([{ kind: 'altered' }]);
  });

  it.each<[string, ParentFiles | undefined]>([
    ['is gone', undefined],
    ['has no such file', { folders, text: undefined }],
    ['does not hold the image', { folders, text: 'images: []\n' }],
    ['has other folders', { folders: [], text }],
  ])('is not where the commit that it stands on %s', async (_what, parent) => {
    expect(await verifier(parent).judge(head())).toMatchObject([{ kind: 'altered' }]);
  });
});
