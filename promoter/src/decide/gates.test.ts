import { describe, expect, it } from 'vitest';
import {
  declare,
  environment,
  lineageOf,
  observed,
  pullRequest,
  release,
  sha,
  sourceCommit,
} from '../../test/fixtures.ts';
import { countedApprovals, evaluateGates, freezeGate, shippedAuthors } from './gates.ts';
import type { Approval } from './pipeline.ts';
import type { Check, Gate, PullRequest, Review, Rollout } from './promotion.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const [A, B] = [release('a'), release('b')];
const lineage = lineageOf(sourceCommit('a'), sourceCommit('b', '7', 'a'));

interface Case {
  gates: object;
  pull?: PullRequest;
  /** How dev and eu stand. */
  before?: Rollout[];
}
function gatesOf({ gates, pull, before = [] }: Case): Gate[] {
  const first = ['dev', 'eu'].map((name) => ({ name, manifest: `${name}.yaml` }));
  const prod = { name: 'prod', after: ['dev', 'eu'], manifest: 'p.yaml', promote: 'pull-request', gates };
  const pipeline = declare({ environments: [...first, prod] });
  const upstream = before.map((rollout, index) => environment(pipeline, index === 0 ? 'dev' : 'eu', B, { rollout }));
  const target = environment(pipeline, 'prod', A, { pullRequest: pull });
  return evaluateGates(observed(pipeline, [], { lineage }), target, upstream, B, A, NOW);
}
const gateOf = (name: Gate['name'], given: Case) => gatesOf(given).find((gate) => gate.name === name);
const healthy = (since: string): Rollout => ({ state: 'healthy', digest: B.digest, since });
const review = (author: string, more: Partial<Review> = {}): Review => ({
  author,
  isBot: false,
  state: 'approved',
  headOid: sha('9'),
  hasRight: true,
  ...more,
});

describe('the gates of an environment', () => {
  it('stand in one order; without a declared gate there is only health', () => {
    const pull = pullRequest({ checks: [{ name: 'validate', state: 'passed' }] });
    const before = [healthy('2026-11-23T11:00:00Z')];
    const all = gatesOf({ gates: { soak: '10m', approval: {} }, pull, before });

    expect(all.map(({ name }) => name)).toEqual(['health', 'soak', 'approval', 'checks']);
    expect(gatesOf({ gates: { checks: false }, pull, before }).map(({ text }) => text)).toEqual([
      'dev runs it healthily',
    ]);
    expect(gatesOf({ gates: {} })).toEqual([]);
  });

  it('name every environment that had to prove it', () => {
    const before = [healthy('2026-11-23T11:00:00Z'), healthy('2026-11-23T11:00:00Z')];

    expect(gateOf('health', { gates: {}, before })?.text).toBe('dev and eu run it healthily');
  });
});

describe('a freeze', () => {
  const until = '2026-11-23T12:00:00Z';
  const at = (iso: string) =>
    freezeGate([{ environments: ['todo/prod'], reason: 'sales', until }], 'todo', 'prod', new Date(iso))?.text;

  it('ends to the millisecond', () => {
    expect(at('2026-11-23T11:59:59.999Z')).toBe(`frozen until ${until}: sales`);
    expect(at('2026-11-23T12:00:00Z')).toBeUndefined();
  });

  it('is the first of several that holds, and needs no end', () => {
    const freezes = [
      { environments: ['other'], reason: 'not here', until: undefined },
      { environments: ['*'], reason: 'over', until: '2026-11-01T00:00:00Z' },
      { environments: ['dev', 'todo'], reason: 'audit', until: undefined },
      { environments: ['*'], reason: 'later', until: undefined },
    ];

    expect(freezeGate(freezes, 'todo', 'prod', NOW)).toEqual({
      name: 'freeze',
      isMet: false,
      text: 'frozen: audit',
      until: undefined,
    });
  });
});

describe('a soak', () => {
  it.each<[string, Rollout[], Partial<Gate>]>([
    [
      'counts from the last of several that became healthy',
      [healthy('2026-11-23T11:00:00Z'), healthy('2026-11-23T11:55:00Z')],
      { isMet: false, text: '10m in dev and eu, ends at 2026-11-23T12:05:00Z', until: '2026-11-23T12:05:00Z' },
    ],
    [
      'is met to the millisecond, and waits for nothing then',
      [healthy('2026-11-23T11:50:00Z')],
      { isMet: true, text: 'dev ran it healthily for 10m', until: undefined },
    ],
    [
      'keeps what is finer than a second',
      [healthy('2026-11-23T11:50:00.001Z')],
      { isMet: false, until: '2026-11-23T12:00:00.001Z' },
    ],
    [
      'has not started where one of them is not healthy',
      [healthy('2026-11-23T11:00:00Z'), { state: 'progressing', reason: '' }],
      { isMet: false, text: '10m in dev and eu, not started', until: undefined },
    ],
    ['has not started where nothing comes before', [], { isMet: false, until: undefined }],
  ])('%s', (_case, before, gate) => {
    expect(gateOf('soak', { gates: { soak: '10m' }, before })).toMatchObject(gate);
  });
});

describe('an approval', () => {
  const gateWith = (reviews: Review[], approval: object = {}) =>
    gateOf('approval', { gates: { approval }, pull: pullRequest({ reviews }) });

  it.each<[string, object, string]>([
    ['nothing is declared', {}, 'waits for a review by somebody with write permission'],
    ['a permission is declared', { permission: 'admin' }, 'waits for a review by somebody with admin permission'],
    ['a team is declared', { team: 'managers' }, 'waits for a review by team managers'],
    ['a count is declared', { team: 'managers', count: 2 }, 'waits for 2 reviews by team managers'],
  ])('is waited for, where %s, with and without a pull request', (_case, approval, text) => {
    expect(gateWith([], approval)?.text).toBe(text);
    expect(gateOf('approval', { gates: { approval } })?.text).toBe(text);
  });

  it.each<[string, Partial<Review>, object, string]>([
    ['opened the pull request', { author: 'promoter' }, {}, 'promoter opened the pull request'],
    ['is a bot', { isBot: true }, {}, 'rene is a bot'],
    ['wrote what ships', { author: 'author-7' }, { excludeAuthors: true }, 'author-7 wrote a commit that ships'],
    ['saw an older head', { headOid: sha('8') }, {}, 'rene approved an older head'],
    ['saw a head that is gone', { headOid: undefined }, {}, 'rene approved an older head'],
    ['is not in the team', { hasRight: false }, { team: 'managers' }, 'rene is not in team managers'],
    ['lacks the permission', { hasRight: false }, { permission: 'maintain' }, 'rene has no maintain permission'],
  ])('does not count when its author %s, and the gate says why', (_case, more, approval, reason) => {
    const gate = gateWith([review('rene', more)], approval);

    expect(gate?.isMet).toBe(false);
    expect(gate?.text).toContain(` (does not count: ${reason})`);
  });

  it.each<Review['state']>(['dismissed', 'changes requested'])('is no approval when its state is: %s', (state) => {
    const settings: Approval = { permission: 'write', count: 1, excludeAuthors: false };

    expect(countedApprovals(pullRequest({ reviews: [review('rene', { state })] }), settings, new Set())).toEqual([]);
  });

  it('counts beside others that do not', () => {
    const reviews = [review('robot', { isBot: true }), review('rene'), review('ria')];

    expect(gateWith(reviews, { count: 2 })).toMatchObject({ isMet: true, text: 'approved by rene and ria' });
    expect(gateWith(reviews, { count: 3 })?.text).toContain('(does not count: robot is a bot)');
  });

  it.each<[string, Partial<Review>, boolean]>([
    ['is stopped by changes requested of a reviewer with the right', {}, false],
    ['is not stopped by changes requested at an older head', { headOid: sha('8') }, true],
    ['is not stopped by changes requested of a reviewer without the right', { hasRight: false }, true],
  ])('%s', (_case, more, isMet) => {
    const objection = review('ria', { state: 'changes requested', ...more });

    expect(gateWith([review('rene'), objection])?.isMet).toBe(isMet);
  });
});

describe('the authors of what ships', () => {
  it('are those of the commits since what runs', () => {
    const snapshot = observed(declare(), [], { lineage: lineageOf(sourceCommit('b', '7', '6', 'a')) });

    expect(shippedAuthors(snapshot, B, A)).toEqual(new Set(['author-b', 'author-7', 'author-6']));
    expect(shippedAuthors(snapshot, B, undefined)).toEqual(new Set(['author-b']));
    expect(shippedAuthors(snapshot, B, B)).toEqual(new Set());
  });

  it("are not known where one of the commits has an address without an account, which may be the reviewer's", () => {
    const commit = sourceCommit('b', '7', '6', 'a');
    const history = commit.history.map((one) => (one.sha === sha('7') ? { ...one, author: undefined } : one));
    const snapshot = observed(declare(), [], { lineage: lineageOf({ ...commit, history }) });

    expect(shippedAuthors(snapshot, B, A)).toBeUndefined();
  });

  it.each([
    ['the pair was not compared', { ...lineageOf(sourceCommit('b', '7', 'a')), ranges: {} }, A],
    ['the source was not read', undefined, A],
    ['the commit of what runs is not known', lineageOf(sourceCommit('b', '7', 'a')), { ...A, commit: undefined }],
    ['nothing runs, and the commit is not known', undefined, undefined],
  ])('are not known where %s, and no approval counts where they are excluded', (_why, known, from) => {
    const approval: Approval = { permission: 'write', count: 1, excludeAuthors: true };
    const authors = shippedAuthors(observed(declare(), [], { lineage: known }), B, from);

    expect(authors).toBeUndefined();
    expect(countedApprovals(pullRequest({ reviews: [review('rene')] }), approval, authors)).toEqual([]);
    expect(
      countedApprovals(pullRequest({ reviews: [review('rene')] }), { ...approval, excludeAuthors: false }, authors),
    ).toEqual(['rene']);
  });
});

describe('checks', () => {
  const checked = (...states: Check['state'][]) =>
    gateOf('checks', {
      gates: {},
      pull: pullRequest({ checks: states.map((state, at) => ({ name: `c${at}`, state })) }),
    });

  it.each<[Check['state'][], object | undefined]>([
    [[], undefined],
    [['passed', 'passed'], { isMet: true, text: 'all passed' }],
    [['passed', 'pending', 'pending'], { isMet: false, text: 'running: c1, c2' }],
    [['pending', 'failed', 'passed'], { isMet: false, text: 'failed: c1' }],
    [['passed', 'unreadable'], { isMet: false, text: 'c1' }],
  ])('in the states %j give the gate %j', (states, gate) => {
    expect(checked(...states)).toEqual(gate && { name: 'checks', until: undefined, ...gate });
  });

  it.each<[string, object, string, object | undefined]>([
    [
      'have a minute to begin',
      {},
      '2026-11-23T11:59:30Z',
      { isMet: false, text: 'none has begun yet', until: '2026-11-23T12:00:30Z' },
    ],
    ['are not waited for longer where none is declared', {}, '2026-11-23T11:59:00Z', undefined],
    [
      'are waited for without an end where one is declared',
      { checks: true },
      '2026-11-20T12:00:00Z',
      { isMet: false, text: expect.stringContaining('checks: false') as string, until: undefined },
    ],
    ['do not matter where that is declared', { checks: false }, '2026-11-23T12:00:00Z', undefined],
  ])('%s', (_case, gates, headAt, gate) => {
    expect(gateOf('checks', { gates, pull: pullRequest({ headAt }) })).toEqual(gate && { name: 'checks', ...gate });
  });
});
