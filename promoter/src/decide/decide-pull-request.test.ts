import { describe, expect, it } from 'vitest';
import {
  declare,
  environment,
  lineageOf,
  MERGING,
  observed,
  pullRequest,
  record,
  release,
  sha,
  sourceCommit,
} from '../../test/fixtures.ts';
import { decidePullRequest } from './decide-pull-request.ts';
import { pullRequestBody } from './describe-change.ts';
import type { Gate, Merge, Merging, PullRequest, Review } from './promotion.ts';

const [A, B, C] = [release('a'), release('b'), release('c')];
const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', 'a'), sourceCommit('c', 'b', 'a'));
const dev = { name: 'dev', manifest: 'dev.yaml' };
const prod = { name: 'prod', after: ['dev'], manifest: 'prod.yaml', promote: 'pull-request' };
const declared = (gates: object, more: object) => declare({ environments: [dev, { ...prod, gates }], ...more });

const open: Gate = { name: 'approval', isMet: false, text: 'waits for a review by team managers', until: undefined };
const met: Gate = { name: 'health', isMet: true, text: 'dev runs it healthily', until: undefined };

interface Case {
  merging?: Merging;
  pull?: PullRequest | undefined;
  gates?: Gate[];
  declares?: object;
  /** Fields of the pipeline. */
  pipeline?: object;
}
function decided({ pull, gates = [met], declares = {}, pipeline: more = {}, merging = MERGING }: Case) {
  const pipeline = declared(declares, more);
  const snapshot = observed(pipeline, [], { lineage });
  const target = environment(pipeline, 'prod', A, { pullRequest: pull });
  return decidePullRequest({ snapshot, target, release: B, from: A, gates, merging });
}
const textWith = (gates: Gate[]): string =>
  pullRequestBody({ pipeline: 'todo', environment: 'prod', release: B, from: A, gates, lineage });
const carrying = (carried = B, more: Partial<PullRequest> = {}): PullRequest =>
  pullRequest({ record: record('prod', carried), ...more });
const about = { pipeline: 'todo', environment: 'prod' };

describe('a promotion by pull request', () => {
  it('is proposed with all that the pull request says', () => {
    expect(decided({ gates: [met, open] })).toEqual({
      kind: 'propose',
      ...about,
      reason: 'dev proved it',
      release: B,
      from: A,
      manifest: 'prod.yaml',
      gates: [met, open],
      title: `promote(todo): prod to ${B.tag}`,
      body: textWith([met, open]),
    });
  });

  it.each([
    ['another tag of the same digest', carrying({ ...B, tag: 'main-99' }), `${B.tag} replaces main-99 in #7`],
    ['another release', carrying(C), `${B.tag} replaces ${C.tag} in #7`],
    ['a base that conflicts', carrying(B, { isConflicting: true }), '#7 conflicts with the base branch'],
    ['both', carrying(C, { isConflicting: true }), '#7 conflicts with the base branch'],
  ])('is updated in place for %s, whatever the gates say', (_case, pull, reason) => {
    for (const gate of [met, open])
      expect(decided({ pull, gates: [gate] })).toEqual({
        kind: 'update',
        ...about,
        reason,
        release: B,
        from: A,
        manifest: 'prod.yaml',
        gates: [gate],
        title: `promote(todo): prod to ${B.tag}`,
        body: textWith([gate]),
        number: 7,
      });
  });

  it.each([
    ['ready to merge', false],
    ['conflicting', true],
  ])('leaves a pull request alone that somebody added a commit to: %s', (_case, isConflicting) => {
    const foreign = { kind: 'extended', reason: '9999999 was made by dana' } as const;

    expect(decided({ pull: pullRequest({ isConflicting, foreign }) })).toEqual({
      kind: 'hold',
      ...about,
      reason:
        '#7 has a commit on promote/todo/prod that the promoter did not make (9999999 was made by dana); merge or close it',
      release: B,
      gates: [met],
      until: undefined,
    });
  });
});

describe('a pull request that waits for its gates', () => {
  const soak: Gate = { name: 'soak', isMet: false, text: '10m in dev', until: '2026-11-23T12:00:00Z' };
  const wait = { ...about, reason: 'soak: 10m in dev', gates: [soak], until: soak.until };

  it('gets a text that says how they stand', () => {
    const pull = carrying(B, { body: textWith([met]) });

    expect(decided({ pull, gates: [soak] })).toEqual({
      kind: 'describe',
      ...wait,
      release: B,
      number: 7,
      title: `promote(todo): prod to ${B.tag}`,
      body: textWith([soak]),
    });
  });

  it('gets the title of what it carries, where an earlier try did not get as far', () => {
    const pull = carrying(B, { title: `promote(todo): prod to ${A.tag}`, body: textWith([soak]) });

    expect(decided({ pull, gates: [soak] })).toMatchObject({
      kind: 'describe',
      title: `promote(todo): prod to ${B.tag}`,
    });
  });

  it.each([
    ['as it was written', textWith([soak])],
    ['as GitHub gives it back, without its last line end', textWith([soak]).trim()],
  ])('is left alone where its text says so already: %s', (_case, body) => {
    const pull = carrying(B, { title: `promote(todo): prod to ${B.tag}`, body });
    expect(decided({ pull, gates: [soak] })).toEqual({ kind: 'hold', ...wait, release: B });
  });
});

describe('a pull request with every gate open', () => {
  const review = (author: string, more: Partial<Review> = {}): Review => ({
    author,
    isBot: false,
    state: 'approved',
    headOid: sha('9'),
    hasRight: true,
    ...more,
  });
  const reviews = [review('rene'), review('robot', { isBot: true }), review('author-b'), review('ria')];

  it.each([
    ['without an approval, where no gate asks for one', {}, [], 'every gate is open'],
    [
      'with everybody whose approval counts',
      { approval: {} },
      ['rene', 'author-b', 'ria'],
      'approved by rene and author-b and ria',
    ],
    [
      'without authors, where they are excluded',
      { approval: { excludeAuthors: true } },
      ['rene', 'ria'],
      'approved by rene and ria',
    ],
  ])('is merged at its head, %s', (_case, declares, approvedBy, reason) => {
    expect(decided({ pull: carrying(B, { reviews }), declares })).toEqual({
      kind: 'merge',
      ...about,
      reason,
      release: B,
      from: A,
      number: 7,
      headOid: sha('9'),
      approvedBy,
      by: 'squash',
      body: textWith([met]),
    });
  });

  it.each<[Merge['by'], string | undefined, Merging]>([
    ['squash', undefined, MERGING],
    ['rebase', 'rebase', MERGING],
    ['merge', undefined, { methods: ['merge', 'rebase'], hasQueue: false }],
    ['rebase', 'squash', { methods: ['rebase'], hasQueue: false }],
    ['merge queue', 'rebase', { methods: ['squash'], hasQueue: true }],
  ])('is merged by %s where %s is declared and the repository says %j', (by, mergeMethod, merging) => {
    expect(decided({ pull: carrying(), pipeline: { mergeMethod }, merging })).toMatchObject({ kind: 'merge', by });
  });

  it('is written again first where the repository wants it up to date with the base branch', () => {
    expect(decided({ pull: carrying(B, { isBehind: true }) })).toMatchObject({
      kind: 'update',
      release: B,
      number: 7,
      reason: '#7 must be up to date with the base branch before it merges',
    });
    expect(decided({ pull: carrying(B, { isBehind: true }), gates: [open] })).toMatchObject({ kind: 'describe' });
  });
});
