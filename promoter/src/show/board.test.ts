import { releaseTraceId } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_URL,
  declare,
  environment,
  lineageOf,
  observed,
  pullRequest,
  record,
  release,
  sha,
  SOURCE_URL,
  sourceCommit,
  MERGING,
} from '../../test/fixtures.ts';
import { createLastRead } from '../collect/last-read.ts';
import type { ConfigProblem } from '../decide/config-problem.ts';
import type { Pipeline } from '../decide/pipeline.ts';
import type { Decision, EnvironmentSnapshot, Gate } from '../decide/promotion.ts';
import type { ObservedPipeline } from '../ports.ts';
import type { Enacted } from '../trace/facts.ts';
import { createBoard } from './board.ts';

const AT = new Date('2026-11-23T12:00:00Z');
const [A, B] = [release('a'), release('b')];
const todo = declare();
const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'));

function start(clusterProblem?: string) {
  const lastRead = createLastRead();
  let changes = 0;
  const board = createBoard({
    lastRead,
    bounds: () => [],
    access: () => [],
    clusterProblem: () => clusterProblem,
    onChange: () => void (changes += 1),
    clock: () => AT,
  });
  return {
    board,
    changes: () => changes,
    keepFiles: (pipelines: Pipeline[], problems: ConfigProblem[] = []) =>
      lastRead.keepFiles({ pipelines, freezes: [], problems, texts: '' }),
    read: (...pipelines: ObservedPipeline[]) =>
      lastRead.keepSnapshot({
        head: sha('1'),
        url: CONFIG_URL,
        repositoryId: '',
        tree: '',
        merging: MERGING,
        recentCommits: [],
        recentRecords: [],
        pipelines,
        freezes: [],
        problems: [],
      }),
  };
}
const about = { pipeline: 'todo', environment: 'dev', reason: 'why' };
const upToDate: Decision = { kind: 'up to date', ...about, release: A };

/** How dev is shown. */
function devOf(runs: typeof A | undefined, decision: Decision | undefined, more: Partial<EnvironmentSnapshot> = {}) {
  const { board, keepFiles, read } = start();
  const pipeline = observed(todo, [environment(todo, 'dev', runs, more)], { lineage });
  keepFiles([todo]);
  read(pipeline);
  board.decided([pipeline], decision ? [decision] : [], AT);
  return board.view().pipelines[0]?.environments[0];
}

describe('the board', () => {
  it('shows nothing before the first decision, and says what keeps rollouts unknown', () => {
    const { board, keepFiles, read } = start('no cluster is configured');
    keepFiles([todo]);
    read(observed(todo, []));

    expect(board.view()).toEqual({
      configUrl: CONFIG_URL,
      head: undefined,
      pipelines: [],
      access: [],
      problems: [],
      activity: [],
      bounds: [],
      clusterProblem: 'no cluster is configured',
    });
  });

  it('shows every pipeline that was read and decided about, by name', () => {
    const { board, keepFiles, read, changes } = start();
    const other = declare({ name: 'other', source: undefined });
    const pipelines = [observed(todo, [], { lineage }), observed(other, [])];
    keepFiles([todo, other, declare({ name: 'new' })]);
    read(...pipelines);
    board.decided(pipelines, [], AT);

    expect(board.view().head).toBe(sha('1'));
    expect(board.view().pipelines).toEqual([
      {
        name: 'other',
        image: other.image,
        source: undefined,
        sourceUrl: undefined,
        at: AT.toISOString(),
        environments: [],
      },
      {
        name: 'todo',
        image: todo.image,
        source: 'acme/todo',
        sourceUrl: SOURCE_URL,
        at: AT.toISOString(),
        environments: [],
      },
    ]);
    expect(changes()).toBe(1);
  });

  it('forgets a pipeline that is no longer declared, also when it is declared again', () => {
    const { board, keepFiles, read } = start();
    const pipeline = observed(todo, [environment(todo, 'dev', A)]);
    keepFiles([todo]);
    read(pipeline);
    board.decided([pipeline], [upToDate], AT);
    keepFiles([]);
    expect(board.view().pipelines).toEqual([]);

    board.decided([], [], AT);
    keepFiles([todo]);
    read(pipeline);
    expect(board.view().pipelines).toEqual([]);
  });

  it('shows problems of promotion files beside those of manifests', () => {
    const { board, keepFiles, read } = start();
    const file: ConfigProblem = {
      file: 'promotion.yaml',
      line: 3,
      column: 1,
      reason: 'is empty',
      pipeline: undefined,
      freezesAll: undefined,
    };
    const pipeline = observed(todo, [environment(todo, 'dev', A, { image: { problem: 'does not parse', line: 2 } })]);
    keepFiles([todo], [file]);
    read(pipeline);
    board.decided([pipeline], [], AT);

    expect(board.view().problems).toEqual([
      file,
      { file: 'dev.yaml', line: 2, reason: 'does not parse', pipeline: 'todo' },
    ]);
  });
});

describe('an environment on the board', () => {
  it('shows what runs, since when, by which commit, and the trace of its release', () => {
    expect(devOf(A, upToDate)).toEqual({
      name: 'dev',
      after: [],
      runs: A,
      traceId: releaseTraceId(SOURCE_URL, sha('a')),
      since: '2026-11-23T10:00:00Z',
      commitUrl: `${CONFIG_URL}/commit/${sha('e')}`,
      rollout: { state: 'healthy', digest: A.digest, since: '2026-11-23T11:00:00Z' },
      decision: 'up to date',
      reason: 'why',
      next: undefined,
      gates: [],
      pullRequest: undefined,
    });
  });

  it.each<[string, typeof A | undefined, Partial<EnvironmentSnapshot>]>([
    ['a person put there', A, { record: record('dev', B) }],
    ['has no record', A, { record: undefined }],
    ['does not exist yet', undefined, { record: record('dev', A) }],
  ])('does not say since when it runs what %s', (_case, runs, more) => {
    expect(devOf(runs, upToDate, more)).toMatchObject({ traceId: undefined, since: undefined, commitUrl: undefined });
  });

  const gate: Gate = { name: 'soak', isMet: false, text: '10m in dev', until: undefined };
  const hold: Decision = { kind: 'hold', ...about, release: B, until: undefined, gates: [gate] };
  it.each<[string, Decision | undefined, object]>([
    ['waits', hold, { decision: 'hold', next: B, gates: [gate] }],
    [
      'is promoted',
      { kind: 'promote', ...about, release: B, from: A, manifest: '' },
      { decision: 'promote', next: B, gates: [] },
    ],
    ['has nothing to do', upToDate, { decision: 'up to date', next: undefined }],
    [
      'is stopped',
      undefined,
      { decision: 'hold', reason: 'this pipeline is stopped by a problem', next: undefined, gates: [] },
    ],
    ['was not decided about', { ...hold, environment: 'prod' }, { reason: 'this pipeline is stopped by a problem' }],
  ])('shows what comes next where it %s', (_case, decision, expected) => {
    expect(devOf(A, decision)).toMatchObject(expected);
  });

  it.each([
    ['the release that it carries', record('dev', B), B.tag],
    ['no release where another author made its head', undefined, undefined],
  ])('shows its pull request, with %s', (_case, carried, tag) => {
    expect(devOf(A, upToDate, { pullRequest: pullRequest({ record: carried }) })?.pullRequest).toEqual({
      number: 7,
      url: `${CONFIG_URL}/pull/7`,
      tag,
    });
  });
});

describe('recent activity', () => {
  const where = { pipeline: 'todo', environment: 'prod', number: 7, subject: 'main-11' };
  const pull = `${CONFIG_URL}/pull/7`;
  const refusal = {
    kind: 'refused',
    number: 7,
    pipeline: 'todo',
    environment: 'prod',
    reason: 'could not merge #7: a rule',
    retryInMs: undefined,
  } as const;

  it.each<[Enacted['kind'], Enacted, string, string | undefined]>([
    [
      'committed',
      { kind: 'committed', oid: sha('c'), url: 'https://commit', at: '', subject: 'promote', changes: [] },
      'committed ccccccc: promote',
      'https://commit',
    ],
    ['opened', { kind: 'opened', ...where }, 'opened #7: main-11', pull],
    ['updated', { kind: 'updated', ...where }, 'updated #7: main-11', pull],
    ['described', { kind: 'described', ...where }, 'refreshed the text of #7: main-11', pull],
    ['closed', { kind: 'closed', ...where }, 'closed #7: main-11', pull],
    ['merged', { kind: 'merged', ...where, oid: '' }, 'merged #7: main-11', pull],
    ['queued', { kind: 'queued', ...where }, 'put into the merge queue #7: main-11', pull],
    ['refused', refusal, 'todo/prod: could not merge #7: a rule', pull],
    ['refused', { ...refusal, number: undefined }, 'todo/prod: could not merge #7: a rule', undefined],
  ])('mentions what was %s', (_kind, done, text, url) => {
    const { board, read, changes } = start();
    read();
    board.enacted([done, { kind: 'stale' }]);

    expect(board.view().activity).toEqual([{ at: AT.toISOString(), text, url }]);
    expect(changes()).toBe(1);
  });

  it('mentions a refusal once, however often it is tried again, and again after it was done', () => {
    const { board, read } = start();
    read();
    board.enacted([refusal]);
    board.enacted([refusal]);
    expect(board.view().activity).toHaveLength(1);

    board.enacted([{ kind: 'merged', ...where, oid: '' }]);
    board.enacted([refusal]);
    expect(board.view().activity).toHaveLength(3);
  });

  it('mentions what was ignored, and has no links before the config repository was read', () => {
    const { board } = start();
    board.decided([], [{ kind: 'ignore', pipeline: 'todo', release: A, reason: 'its digest is not known' }], AT);
    board.enacted([{ kind: 'opened', ...where }]);

    expect(board.view().activity.map(({ text, url }) => [text, url])).toEqual([
      ['opened #7: main-11', undefined],
      [`ignored ${A.image}:${A.tag}: its digest is not known`, undefined],
    ]);
  });

  it('is the last thirty, newest first', () => {
    const { board } = start();
    for (let number = 1; number <= 31; number += 1) board.enacted([{ kind: 'opened', ...where, number }]);
    const texts = board.view().activity.map(({ text }) => text);

    expect([texts.length, texts[0], texts.at(-1)]).toEqual([30, 'opened #31: main-11', 'opened #2: main-11']);
  });
});
