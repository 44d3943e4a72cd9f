import { describe, expect, it } from 'vitest';
import { declare, digestOf, madeBy, madeBySelf, release, SELF, sha } from '../../test/fixtures.ts';
import { formatTrailers } from '../decide/commit-trailers.ts';
import type { Release } from '../decide/release.ts';
import { explanationIn, parseConfigs, requestsOf, textOf } from './parse-snapshot.ts';
import { indexRecords } from './records.ts';
import type { BlobNode, ConfigEntryNode, ManifestNode, RecordCommitNode } from './snapshot-answer.ts';

const blob = (text: string | null, more: Partial<BlobNode> = {}): BlobNode => ({
  kind: 'Blob',
  oid: sha('1'),
  text,
  isTruncated: false,
  ...more,
});
const declaring = (name: string): string =>
  `pipelines: [{ name: ${name}, image: ghcr.io/acme/${name}, tags: (?<number>\\d+), environments: [{ name: dev, manifest: d.yaml }] }]`;

describe('promotion files', () => {
  const entry = (name: string, object: BlobNode | { kind: string } | null, type = 'blob') => ({ name, type, object });

  it('are one file, or every YAML file of a folder, in the order in which they were asked for', () => {
    const folder: ConfigEntryNode = {
      object: {
        kind: 'Tree',
        entries: [
          entry('a.yaml', blob(declaring('a'))),
          entry('README.md', blob('# not a promotion file')),
          entry('b.yml', blob(declaring('b'))),
        ],
      },
    };
    const config = parseConfigs([
      { path: 'teams', node: folder },
      { path: 'promotion.yaml', node: { object: blob(declaring('c')) } },
    ]);

    expect(config.problems).toEqual([]);
    expect(config.pipelines.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, ConfigEntryNode]>([
    ['nothing', null],
    ['an entry without an object', { object: null }],
    ['a file that is not text', { object: blob(null) }],
    ['a file that GitHub cut', { object: blob(declaring('cut'), { isTruncated: true }) }],
    ['a submodule', { object: { kind: 'Commit' } }],
  ])('are a problem of the file, not a failure, where there is %s: it may have held freezes', (_case, node) => {
    const reason = 'there is no such file, or it is not text';

    expect(parseConfigs([{ path: 'promotion.yaml', node }])).toEqual({
      pipelines: [],
      freezes: [{ environments: ['*'], reason: `promotion.yaml ${reason}`, until: undefined }],
      problems: [
        {
          file: 'promotion.yaml',
          line: undefined,
          column: undefined,
          reason,
          pipeline: undefined,
          freezesAll: { until: undefined },
        },
      ],
    });
  });

  it('that do not parse stop no other: the problem has the path inside the folder, and the line', () => {
    const entries = [
      entry('bad.yaml', blob('pipelines:\n  - [')),
      entry('folder.yaml', { kind: 'Tree' }, 'tree'),
      entry('good.yaml', blob(declaring('good'))),
    ];
    const { pipelines, problems } = parseConfigs([{ path: 'teams', node: { object: { kind: 'Tree', entries } } }]);

    expect(pipelines.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toMatchObject([
      { file: 'teams/bad.yaml', line: 2 },
      { file: 'teams/folder.yaml', reason: 'there is no such file, or it is not text' },
    ]);
  });

  it('may be an empty folder', () => {
    expect(parseConfigs([{ path: 'teams', node: { object: { kind: 'Tree' } } }])).toEqual({
      pipelines: [],
      freezes: [],
      problems: [],
    });
  });
});

describe('what is asked for', () => {
  const pipelines = [declare({ name: 'todo' }), declare({ name: 'other' })];
  const asked = (scope: Parameters<typeof requestsOf>[1]): string[] =>
    requestsOf(pipelines, scope).map(({ pipeline, environment }) => `${pipeline.name}/${environment.name}`);

  it('is every environment of the pipelines in scope', () => {
    expect(asked('all')).toEqual(['todo/dev', 'todo/prod', 'other/dev', 'other/prod']);
    expect(asked(new Set(['other', 'gone']))).toEqual(['other/dev', 'other/prod']);
    expect(asked(new Set())).toEqual([]);
  });
});

describe('the promotions of the recent history', () => {
  const [A, B] = [release('a'), release('b')];
  const trailers = (environment: string, brought: Release, replaces?: Release): string =>
    formatTrailers({
      pipeline: 'todo',
      environment,
      release: brought,
      source: { owner: 'acme', name: 'todo' },
      sourceDate: undefined,
      replaces: replaces?.digest,
      rollsBack: undefined,
      failedAt: undefined,
      pullRequest: undefined,
      approvedBy: [],
      traceparent: undefined,
    });
  const commit = (oid: string, ...groups: string[]): RecordCommitNode => ({
    ...madeBySelf,
    associatedPullRequests: null,
    oid,
    message: `promote\n\n${groups.join('\n')}`,
    committedDate: `2026-11-23T10:00:0${oid}Z`,
  });
  const index = indexRecords(
    [
      commit('3', trailers('dev', B, A), trailers('prod', A)),
      { ...commit('2', trailers('dev', B)), ...madeBy('dana') },
      commit('1', trailers('dev', A)),
    ],
    SELF,
  );

  it('are found by pipeline and environment, newest first, each with its commit and time', () => {
    expect([...index.keys()]).toEqual(['todo/dev', 'todo/prod']);
    expect(index.get('todo/dev')).toMatchObject([
      { release: B, commit: '3', committedAt: '2026-11-23T10:00:03Z' },
      { release: A, commit: '1', committedAt: '2026-11-23T10:00:01Z' },
    ]);
  });

  it('explain an environment by the newest, and by the release whose digest that replaced', () => {
    expect(explanationIn(index, 'todo/dev')).toMatchObject({ record: { commit: '3' }, previous: A });
  });

  it.each([
    ['of an environment that was promoted once', 'todo/prod', A],
    ['of an environment that has no record', 'todo/eu', undefined],
  ])('name no release before that %s', (_case, key, brought) => {
    const { record, previous } = explanationIn(index, key);

    expect([record?.release, previous]).toEqual([brought, undefined]);
  });

  it('name no release before that where what was replaced is not in the history', () => {
    const cut = indexRecords(
      [commit('3', trailers('dev', B, { ...A, digest: digestOf('0') })), commit('1', trailers('dev', A))],
      SELF,
    );

    expect(explanationIn(cut, 'todo/dev').previous).toBeUndefined();
  });
});

describe('the text of a manifest', () => {
  it.each<[string, ManifestNode, string | undefined]>([
    ['a regular file', { mode: 0o100644, object: blob('images: []') }, 'images: []'],
    ['an empty file', { mode: 0o100644, object: blob('') }, ''],
    ['an executable file', { mode: 0o100755, object: blob('images: []') }, 'images: []'],
    ['a symbolic link', { mode: 0o120000, object: blob('../prod.yaml') }, undefined],
    ['a file that GitHub cut', { mode: 0o100644, object: blob('images: [', { isTruncated: true }) }, undefined],
    ['a file that is not text', { mode: 0o100644, object: blob(null) }, undefined],
    ['a folder', { mode: 0o040000, object: { kind: 'Tree' } }, undefined],
    ['a submodule', { mode: 0o160000, object: { kind: 'Commit' } }, undefined],
    ['nothing', null, undefined],
  ])('is there only for what may be edited: %s', (_case, node, text) => {
    expect(textOf(node)).toBe(text);
  });
});
