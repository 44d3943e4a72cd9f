import { describe, expect, it } from 'vitest';
import {
  declare,
  digestOf,
  environment,
  lineageOf,
  observed,
  release,
  sha,
  sourceCommit,
} from '../../test/fixtures.ts';
import type { Lineage, SourceCommit } from '../decide/lineage.ts';
import type { Release } from '../decide/release.ts';
import { fullName } from '../decide/repository.ts';
import { completeLineage, wantedCommits } from './complete-lineage.ts';
import type { SourceCommits, WantedCommit } from './source-commits.ts';

const pipeline = declare();
const nameOf = ({ repository, commit }: WantedCommit): string => `${fullName(repository)}@${commit}`;

/** Each commit under both of its names, as `source-commits.ts` keeps them. */
const keep = (...commits: SourceCommit[]): Lineage => ({
  ...lineageOf(...commits),
  commits: Object.fromEntries(commits.flatMap((one) => [one.sha, one.sha.slice(0, 7)].map((name) => [name, one]))),
});

/** A source repository that knows some commits already, and has others to give. */
function sourceWith({ known = [], given = [] }: { known?: SourceCommit[]; given?: SourceCommit[] }) {
  let lineage: Lineage | undefined = known.length > 0 ? keep(...known) : undefined;
  const loaded: string[][] = [];
  const compared: string[] = [];
  const ranges: string[] = [];
  const source: SourceCommits = {
    load(wanted) {
      loaded.push(wanted.map(nameOf));
      const found = given.filter((commit) => wanted.some((one) => commit.sha.startsWith(one.commit)));
      const before = lineage ?? lineageOf();
      const more = keep(...found);
      const commits = { ...before.commits, ...more.commits };
      lineage = { ...before, commits, ranges: { ...before.ranges, ...more.ranges } };
      return Promise.resolve();
    },
    compare(_repository, base, head) {
      const pair = `${base}...${head}`;
      compared.push(`${base.slice(0, 1)}...${head.slice(0, 1)}`);
      if (lineage) lineage = { ...lineage, comparisons: { ...lineage.comparisons, [pair]: 'diverged' } };
      return Promise.resolve();
    },
    range(_repository, base, head) {
      ranges.push(`${base.slice(0, 1)}...${head.slice(0, 1)}`);
      return Promise.resolve();
    },
    isAbsent: () => false,
    lineage: () => lineage,
  };
  return { source, loaded, compared, ranges };
}

interface World {
  known?: SourceCommit[];
  given?: SourceCommit[];
  dev?: Release;
  prod?: Release;
  candidates?: Release[];
  declared?: typeof pipeline;
}
async function complete({ dev, prod, candidates = [], declared = pipeline, ...commits }: World) {
  const { source, ...asked } = sourceWith(commits);
  const environments = [environment(declared, 'dev', dev), environment(declared, 'prod', prod)];
  const [completed] = await completeLineage(source, [observed(declared, environments, { candidates })]);
  if (!completed) throw new Error('one pipeline goes in, one comes out');
  return { ...asked, completed };
}

describe('the commits of what was just published', () => {
  const wanted = (...releases: Release[]): string[] =>
    wantedCommits([pipeline], new Map([['ghcr.io/acme/todo', releases]])).map(nameOf);

  it('are named by the tag, or else by the image itself', () => {
    expect(wanted(release('a'), release('b', { tag: 'latest' }))).toEqual([
      'acme/todo@aaaaaaa',
      `acme/todo@${sha('b')}`,
    ]);
  });

  it('are asked of the source of every pipeline that promotes the image', () => {
    const pipelines = [pipeline, declare({ name: 'other', source: 'acme/other' }), declare({ source: undefined })];
    const candidates = new Map([
      ['ghcr.io/acme/todo', [release('a')]],
      ['ghcr.io/acme/unknown', [release('b')]],
    ]);

    expect(wantedCommits(pipelines, candidates).map(nameOf)).toEqual(['acme/todo@aaaaaaa', 'acme/other@aaaaaaa']);
  });

  it('are none where neither tag nor image names one', () => {
    expect(wanted(release('a', { tag: 'latest', commit: undefined }))).toEqual([]);
  });
});

describe('the commits of what runs', () => {
  const [A, B] = [release('a'), release('b')];

  it.each<[string, World, string[][]]>([
    ['are read in one request, each once', { dev: A, prod: A }, [['acme/todo@aaaaaaa']]],
    [
      'are read where only another commit is known',
      { known: [sourceCommit('b')], dev: A, prod: B },
      [['acme/todo@aaaaaaa']],
    ],
    ['are not read again', { known: [sourceCommit('a')], dev: A }, []],
    ['are not read where a later one has them in its history', { known: [sourceCommit('b', 'a')], dev: A }, []],
    ['are none where nothing runs', {}, []],
    ['are none without a source repository', { declared: declare({ source: undefined }), dev: A }, []],
  ])('%s', async (_case, world, expected) => {
    expect((await complete(world)).loaded).toEqual(expected);
  });

  it('are in the lineage that the pipeline gets', async () => {
    const { completed } = await complete({ given: [sourceCommit('a'), sourceCommit('b', 'a')], dev: B, prod: A });

    expect(completed.lineage).toEqual(keep(sourceCommit('a'), sourceCommit('b', 'a')));
    expect(completed.environments.map(({ declared }) => declared.name)).toEqual(['dev', 'prod']);
  });
});

describe('pairs of commits that histories leave open', () => {
  const [A, B, C] = [release('a'), release('b'), release('c')];
  const [a, b] = [sourceCommit('a'), sourceCommit('b', 'a')];
  const apart = sourceCommit('c');

  it.each<[string, World, string[]]>([
    [
      'every candidate with everything that runs',
      { known: [a, b, apart], dev: B, prod: A, candidates: [C] },
      ['b...c', 'a...c'],
    ],
    ['no pair that a history answers', { known: [a, b], dev: A, candidates: [B] }, []],
    ['no pair where nothing was published', { known: [a, apart], dev: A }, []],
    ['no pair with a commit that could not be read', { known: [a], dev: A, candidates: [C] }, []],
    [
      'no pair without a source repository',
      { known: [a, apart], declared: declare({ source: undefined }), dev: A, candidates: [C] },
      [],
    ],
  ])('are asked about: %s', async (_case, world, expected) => {
    expect((await complete(world)).compared).toEqual(expected);
  });

  it('are in the lineage that the pipeline gets', async () => {
    const { completed } = await complete({ known: [a, apart], dev: A, candidates: [C] });

    expect(completed.lineage?.comparisons).toEqual({ [`${sha('a')}...${sha('c')}`]: 'diverged' });
  });
});

describe('what would ship', () => {
  const [a, c] = [sourceCommit('a'), sourceCommit('c', 'b', 'a')];
  const excluding = (excludeAuthors: boolean) =>
    declare({
      environments: [
        { name: 'dev', manifest: 'dev.yaml' },
        {
          name: 'prod',
          after: ['dev'],
          manifest: 'prod.yaml',
          promote: 'pull-request',
          gates: { approval: { excludeAuthors } },
        },
      ],
    });

  it.each([
    ['is asked for whole where its authors may not approve it', true, ['a...c']],
    ['is read from histories elsewhere', false, []],
  ])('%s', async (_case, excludeAuthors, expected) => {
    const declared = excluding(excludeAuthors);
    const { ranges } = await complete({ known: [a, c], dev: release('c'), prod: release('a'), declared });

    expect(ranges).toEqual(expected);
  });
});

describe('candidates', () => {
  it.each<[string, Release, string | undefined]>([
    ['get the whole commit that GitHub has read', release('a', { commit: 'aaaaaaa' }), sha('a')],
    ['keep the commit that they have where nothing was read', release('d', { commit: 'ddddddd' }), 'ddddddd'],
    ['stay without a commit where nothing names one', release('f', { commit: undefined, tag: 'v1' }), undefined],
  ])('%s', async (_case, candidate, commit) => {
    const { completed } = await complete({ known: [sourceCommit('a')], candidates: [candidate] });

    expect(completed.candidates).toEqual([{ ...candidate, commit }]);
  });

  it('of a pipeline without a source repository stay what they are, and have no lineage', async () => {
    const candidates = [release('a'), release('b', { digest: digestOf('0') })];
    const { completed } = await complete({
      known: [sourceCommit('a')],
      declared: declare({ source: undefined }),
      candidates,
    });

    expect(completed).toMatchObject({ lineage: undefined, candidates });
  });
});
