import { describe, expect, it } from 'vitest';
import { type ConfigEntry, parseConfigs } from './parse-snapshot.ts';

const pipelines = `pipelines:
  - name: todo
    image: ghcr.io/acme/todo
    tags: ^main-(?<number>[0-9]+)$
    environments: [{ name: dev, manifest: dev.yaml }]
`;
const freezes = 'freezes:\n  - { environments: [todo/dev], reason: sales }\n';
const blob = (text: string | null, isTruncated = false) => ({ kind: 'Blob' as const, oid: 'a', text, isTruncated });
const file = (path: string, ...of: Parameters<typeof blob>): ConfigEntry => ({ path, node: { object: blob(...of) } });
const folder = (entries: Record<string, ReturnType<typeof blob> | Record<string, unknown>>): ConfigEntry => ({
  path: 'promotion',
  node: {
    object: {
      kind: 'Tree',
      entries: Object.entries(entries).map(([name, object]) => ({ name, type: 'blob', object })),
    },
  },
});

describe('the promotion files of a snapshot', () => {
  it('are one configuration, from files and folders', () => {
    const config = parseConfigs([
      file('promotion.yaml', pipelines),
      folder({ 'freezes.YML': blob(freezes), 'README.md': blob('no configuration') }),
    ]);

    expect(config).toMatchObject({
      pipelines: [{ name: 'todo' }],
      freezes: [{ environments: ['todo/dev'] }],
      problems: [],
    });
  });

  it.each<[string, ConfigEntry, string]>([
    ['is not there', { path: 'freezes.yaml', node: null }, 'freezes.yaml'],
    [
      'is a commit of another repository',
      { path: 'freezes.yaml', node: { object: { kind: 'Commit' } } },
      'freezes.yaml',
    ],
    ['is no text', file('freezes.yaml', null), 'freezes.yaml'],
    ['is cut', file('freezes.yaml', 'pipelines: []\n', true), 'freezes.yaml'],
    ['is no text, in a folder', folder({ 'freezes.yaml': blob(null) }), 'promotion/freezes.yaml'],
    ['is cut, in a folder', folder({ 'freezes.yaml': blob('freezes: []\n', true) }), 'promotion/freezes.yaml'],
    ['is a folder in a folder', folder({ 'freezes.yaml': {} }), 'promotion/freezes.yaml'],
  ])('freeze everything where one %s', (_case, entry, where) => {
    const config = parseConfigs([file('promotion.yaml', pipelines), entry]);

    expect(config.problems).toMatchObject([
      { file: where, line: undefined, reason: 'there is no such file, or it is not text' },
    ]);
    expect(config.freezes).toMatchObject([{ environments: ['*'] }]);
    expect(config.pipelines).toHaveLength(1);
  });
});
