import { describe, expect, it } from 'vitest';
import { declare, environment, known, observed, sha, MERGING } from '../../test/fixtures.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import { findSharedFiles, linkedFiles, type LocatedEnvironment, locateManifests } from './locate-manifests.ts';
import type { Followed } from './manifest-links.ts';
import type { ManifestNode, SnapshotAnswer } from './snapshot-answer.ts';

const nodeOf = (mode: number): ManifestNode => ({
  mode,
  object: { kind: 'Blob', oid: sha('1'), text: 'a: b', isTruncated: false },
});
const todo = declare();
const requests = todo.environments.map((one) => ({ pipeline: todo, environment: one }));
const answering = (...nodes: ManifestNode[]): SnapshotAnswer => ({
  repository: { owner: 'acme', name: 'config' },
  databaseId: 7,
  isArchived: false,
  merging: MERGING,
  repositoryId: '',
  url: '',
  head: sha('c'),
  tree: '',
  history: [],
  configs: [],
  environments: nodes.map((manifest) => ({
    manifest,
    branch: undefined,
    open: undefined,
    areChecksForbidden: false,
    closed: [],
    closedAfter: undefined,
  })),
});

describe('the manifest of an environment', () => {
  it('is the file that was asked for, whatever its mode, and costs nothing more', async () => {
    const links = { follow: () => Promise.reject(new Error('nothing is to be followed')) };

    expect(await locateManifests(answering(nodeOf(0o100644), nodeOf(0o100755)), requests, links)).toMatchObject([
      { file: { path: 'dev.yaml', isExecutable: false }, problem: undefined },
      { file: { path: 'prod.yaml', isExecutable: true }, problem: undefined },
    ]);
  });

  it('is what its links lead to, or a problem', async () => {
    const asked: unknown[] = [];
    const led = new Map<string, Followed>([
      ['dev.yaml', { path: 'real.yaml', node: nodeOf(0o100644) }],
      ['prod.yaml', { problem: 'goes by more than 8 symbolic links' }],
    ]);
    const links = {
      follow(commit: string, paths: readonly string[]) {
        asked.push([commit, paths]);
        return Promise.resolve(led);
      },
    };

    expect(await locateManifests(answering(nodeOf(0o120000), null), requests, links)).toMatchObject([
      { file: { path: 'real.yaml' }, node: { mode: 0o100644 }, problem: undefined },
      { file: { path: 'prod.yaml' }, node: null, problem: 'goes by more than 8 symbolic links' },
    ]);
    expect(asked).toEqual([[sha('c'), ['dev.yaml', 'prod.yaml']]]);
  });
});

describe('a file that a link leads to', () => {
  it('is known by its pipeline', () => {
    const file = { path: 'real.yaml', isExecutable: false };
    const read = [environment(todo, 'dev', undefined, { file }), environment(todo, 'prod')];

    expect(linkedFiles([known(observed(todo, read))])).toEqual([{ pipeline: 'todo', path: 'real.yaml' }]);
  });
});

describe('a file that two environments reach', () => {
  const located = (pipeline: Pipeline, ...paths: string[]): LocatedEnvironment[] =>
    pipeline.environments.map((one, index) => ({
      pipeline,
      environment: one,
      file: { path: paths[index] ?? '', isExecutable: false },
      node: null,
      problem: undefined,
    }));

  it('is a problem of both, with the other named', () => {
    expect(findSharedFiles(located(todo, 'prod.yaml', 'prod.yaml'), [])).toEqual([
      'leads to prod.yaml, which is also the manifest of todo/prod (prod.yaml); give each environment its own',
      'is also the manifest of todo/dev (dev.yaml); give each environment its own',
    ]);
  });

  it('is one where the other pipeline was read before', () => {
    const other = declare({ name: 'other', environments: [{ name: 'dev', manifest: 'link.yaml' }] });
    const read = environment(other, 'dev', undefined, { file: { path: 'dev.yaml', isExecutable: false } });

    expect(findSharedFiles(located(todo, 'dev.yaml', 'prod.yaml'), [known(observed(other, [read]))])).toEqual([
      'is also the manifest of other/dev (link.yaml); give each environment its own',
      undefined,
    ]);
  });

  it('is none where the images are different, or the same environment was read before', () => {
    const other = declare({ name: 'other', image: 'ghcr.io/acme/other' });
    const before = [
      known(observed(todo, [environment(todo, 'dev')])),
      known(observed(other, [environment(other, 'dev')])),
    ];

    expect(findSharedFiles(located(todo, 'dev.yaml', 'prod.yaml'), before)).toEqual([undefined, undefined]);
  });
});
