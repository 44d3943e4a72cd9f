import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../decide/config-problem.ts';
import { boardContent } from './board-page.ts';

const problem: ConfigProblem = {
  file: 'promotion.yaml',
  line: 17,
  column: 21,
  reason: 'names <todo/prd>, which no promotion file declares',
  pipeline: undefined,
  freezesAll: undefined,
};

describe('the board shows a problem', () => {
  it.each<[string, Partial<ConfigProblem>]>([
    ['stops every pipeline of this file', {}],
    ['stops pipeline todo', { pipeline: 'todo' }],
    ['freezes everything', { freezesAll: { until: undefined } }],
    ['freezes everything until 2027-01-04T08:00:00Z', { freezesAll: { until: '2027-01-04T08:00:00Z' } }],
  ])('with its place, its reason, and that it %s', async (stops, more) => {
    const page = String(
      await boardContent({
        configUrl: undefined,
        head: 'f'.repeat(40),
        pipelines: [],
        problems: [{ ...problem, ...more }],
        activity: [],
        clusterProblem: undefined,
      }),
    );

    expect(page).toContain('<code>promotion.yaml:17:21</code> names &lt;todo/prd&gt;, which');
    expect(page).toContain(`(${stops})`);
  });
});
