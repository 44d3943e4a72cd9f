import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_URL, FORGOTTEN, markupOf, release } from '../../test/fixtures.ts';
import { type ConfigProblem, type Place, problemAt } from '../decide/config-problem.ts';
import { boardContent } from './board-page.ts';
import type { BoardView, EnvironmentView } from './board.ts';

const A = release('a');
const bare: EnvironmentView = {
  name: 'dev',
  after: [],
  runs: undefined,
  traceId: undefined,
  since: undefined,
  commitUrl: undefined,
  rollout: { state: 'unknown', reason: 'nothing is released yet' },
  decision: 'up to date',
  reason: 'waits for the first release',
  next: undefined,
  gates: [],
  pullRequest: undefined,
};
const EMPTY_FILE = { file: 'promotion.yaml', reason: 'is empty', pipeline: undefined, freezesAll: undefined };
const empty: BoardView = {
  configUrl: undefined,
  head: undefined,
  pipelines: [],
  access: [],
  problems: [],
  activity: [],
  bounds: [],
  clusterProblem: undefined,
};
const render = async (more: Partial<BoardView>): Promise<string> => String(await boardContent({ ...empty, ...more }));
const withEnvironments = (...environments: EnvironmentView[]): Partial<BoardView> => ({
  head: 'head',
  pipelines: [{ name: 'todo', image: A.image, source: undefined, sourceUrl: undefined, at: '', environments }],
});
const renderOne = (more: Partial<EnvironmentView>): Promise<string> => render(withEnvironments({ ...bare, ...more }));

describe('the board', () => {
  it.each<[string, Partial<BoardView>, string]>([
    ['nothing was read yet', {}, 'Reading the config repository…'],
    ['no pipeline is declared', { head: 'head' }, 'No pipeline is declared.'],
    ['nothing was done yet', {}, 'Nothing since this process started.'],
    ['the cluster cannot be read', { clusterProblem: 'no such host' }, 'Rollouts are unknown: no such host'],
  ])('%s', async (_case, view, text) => {
    expect(await render(view)).toContain(text);
  });

  it('does not say that there is no pipeline where a problem hides it', async () => {
    const problems = [problemAt(undefined, EMPTY_FILE)];

    expect(await render({ head: 'head', problems })).not.toContain('No pipeline is declared.');
  });

  it.each<[string, Partial<EnvironmentView>, string]>([
    ['nothing is released', {}, 'nothing released yet'],
    ['a person put the release there', { runs: A }, 'put here by hand'],
    ['nothing moves', {}, 'waits for the first release'],
  ])('says of an environment that %s', async (_case, more, text) => {
    expect(await renderOne(more)).toContain(text);
  });

  it('never leaves a hole', async () => {
    expect(await render({})).not.toMatch(FORGOTTEN);
    expect(await render(withEnvironments(bare, { ...bare, runs: A }))).not.toMatch(FORGOTTEN);
  });
});

it('says at the top what GitHub does not allow, since when, and what to do', async () => {
  const access: BoardView['access'] = [
    {
      kind: 'unreadable',
      what: 'read acme/config: there is no branch <trunk>',
      whatToDo: 'set CONFIG_BRANCH=main',
      since: '2026-11-23T10:00:00.000Z',
      until: undefined,
    },
  ];
  const text = await render({ access });

  expect(text.indexOf('there is no branch &lt;trunk&gt;')).toBeGreaterThan(0);
  expect(text).toContain('set CONFIG_BRANCH=main');
  expect(text).toContain('2026-11-23T10:00:00.000Z');
  expect(text).not.toContain('Reading the config repository');
});

describe('a problem', () => {
  it.each<[Place | undefined, Partial<ConfigProblem>, string, string]>([
    [{ line: 3, column: 7 }, { pipeline: 'todo' }, 'promotion.yaml:3:7', 'stops pipeline todo'],
    [undefined, {}, 'promotion.yaml', 'stops every pipeline of this file'],
    [undefined, { freezesAll: { until: undefined } }, 'promotion.yaml', 'freezes everything'],
    [
      undefined,
      { freezesAll: { until: '2027-01-04T08:00:00Z' } },
      'promotion.yaml',
      'freezes everything until 2027-01-04T08:00:00Z',
    ],
  ])('(at %j, %j) says where it is and what it stops', async (place, more, where, stops) => {
    const text = await render({ problems: [problemAt(place, { ...EMPTY_FILE, ...more })] });

    expect(text).toContain(`<code>${where}</code>`);
    expect(text).toContain(`(${stops})`);
  });
});

describe('an environment', () => {
  it('leads to its release, its commit and its pull request, where they are known', async () => {
    const pullRequest = { number: 7, url: `${CONFIG_URL}/pull/7`, tag: undefined };
    const text = await renderOne({
      runs: A,
      traceId: 'abc',
      since: '2026-11-23T10:00:00Z',
      commitUrl: 'https://commit',
      pullRequest,
    });

    for (const url of ['/releases/abc', 'https://commit', `${CONFIG_URL}/pull/7`])
      expect(text).toContain(`href="${url}"`);
    expect(await renderOne({ runs: A, since: '2026-11-23T10:00:00Z' })).not.toContain('href=');
  });

  it.each<[EnvironmentView['decision'], string, boolean]>([
    ['promote', 'promoting', false],
    ['propose', 'opening a pull request', false],
    ['update', 'updating the pull request', false],
    ['describe', 'waits', true],
    ['merge', 'merging', false],
    ['close', 'closing the pull request', false],
    ['roll back', 'rolling back', false],
    ['hold', 'waits', true],
    ['up to date', 'up to date', false],
  ])('whose decision is "%s" says: %s', async (decision, words, waits) => {
    const text = await renderOne({ decision });

    expect(text).toContain(`<span class="badge">${words}</span>`);
    expect(text.includes('class="next waits"')).toBe(waits);
  });

  it('shows its gates instead of the reason, which repeats them', async () => {
    const gates = [
      { name: 'health', isMet: true, text: 'dev runs it healthily', until: undefined },
      { name: 'soak', isMet: false, text: '10m in dev', until: undefined },
    ] as const;
    const text = await renderOne({ gates, reason: 'soak: 10m in dev', next: release('b') });

    expect(text).toMatch(/class="met"[^✓]*✓/);
    expect(text).toMatch(/class="open"[^…]*…/);
    expect(text).not.toContain('soak: 10m in dev');
    expect(text).toContain(`<strong>${release('b').tag}</strong>`);
  });

  it.each<[EnvironmentView['rollout']['state'], EnvironmentView['rollout'], string]>([
    ['healthy', { state: 'healthy', digest: '', since: '2026-11-23T10:00:00Z' }, 'since <time'],
    ['degraded', { state: 'degraded', digest: '', since: '', reason: 'crash loop' }, ': crash loop'],
    ['progressing', { state: 'progressing', reason: 'is syncing' }, ': is syncing'],
  ])('that is %s says so, and since when or why', async (state, stands, detail) => {
    const text = await renderOne({ runs: A, rollout: stands });

    expect(text).toContain(`class="rollout ${state}"`);
    expect(text).toContain(detail);
    expect(text.includes('since <time')).toBe(state === 'healthy');
  });
});

it('the board is the same HTML whatever people write', async () => {
  const viewWith = (text: string): Partial<BoardView> => ({
    ...withEnvironments({
      ...bare,
      name: text,
      runs: { image: text, tag: text, digest: text, commit: text },
      traceId: text,
      since: text,
      commitUrl: text,
      rollout: { state: 'degraded', digest: text, since: text, reason: text },
      next: { image: text, tag: text, digest: text, commit: text },
      gates: [{ name: 'soak', isMet: false, text, until: text }],
      pullRequest: { number: 7, url: text, tag: text },
    }),
    problems: [problemAt({ line: 1, column: 1 }, { ...EMPTY_FILE, file: text, reason: text, pipeline: text })],
    activity: [{ at: text, text, url: text }],
    clusterProblem: text,
  });
  const shape = markupOf(await render(viewWith('text')));
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      expect(markupOf(await render(viewWith(`<b>"'&${text}`)))).toBe(shape);
    }),
    { numRuns: 50 },
  );
});
