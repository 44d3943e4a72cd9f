import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORGOTTEN, markupOf } from '../../test/fixtures.ts';
import { deliveryContent } from './delivery-page.ts';
import type { DeliveryView, EnvironmentFigures, GraphView } from './delivery-view.ts';

const HOUR = 3_600_000;
const nothing: EnvironmentFigures['figures'] = {
  deployments: 0,
  leadTimeMedianMs: undefined,
  failRatio: undefined,
  recoveryMedianMs: undefined,
  reworkRatio: undefined,
};
const quiet: EnvironmentFigures = {
  pipeline: 'todo',
  environment: 'prod',
  figures: nothing,
  trend: Array.from({ length: 8 }, () => ({ leadTimeMs: undefined, deployments: 0 })),
};
const noGraph: GraphView = { nodes: [], edges: [], columns: 0, rows: 0 };
const edge = (client: string, server: string, failed = 0): GraphView['edges'][number] => ({
  client,
  server,
  requests: 3,
  failed,
  connectionType: '',
});
const graphOf = (one: string, other: string, failed = 0): GraphView => ({
  nodes: [
    { name: one, column: 0, row: 0 },
    { name: other, column: 1, row: 0 },
  ],
  edges: [edge(one, other, failed)],
  columns: 2,
  rows: 1,
});
const render = async (more: Partial<DeliveryView>): Promise<string> =>
  String(await deliveryContent({ environments: [], graph: noGraph, releases: 0, ...more }));
const cellsOf = (text: string): string[] =>
  [...text.matchAll(/<td data-title="[^"]*">([^<]*)<\/td>/g)].map(([, cell]) => String(cell));

describe('the figures of an environment', () => {
  it('are dashes, not holes, where nothing is known', async () => {
    const text = await render({ environments: [quiet] });

    expect(cellsOf(text)).toEqual(['0', '–', '–', '–', '–']);
    expect(text).toContain('points=""');
    expect(text).not.toMatch(FORGOTTEN);
  });

  it('are written for people; zero is a figure', async () => {
    const figures = {
      deployments: 12,
      leadTimeMedianMs: 26 * HOUR,
      failRatio: 0,
      recoveryMedianMs: 90_000,
      reworkRatio: 0.125,
    };

    expect(cellsOf(await render({ environments: [{ ...quiet, figures }] }))).toEqual([
      '12',
      '1 d 2 h',
      '0 %',
      '1 min 30 s',
      '13 %',
    ]);
  });

  it('have a trend whose weeks without a deployment are gaps, in words too', async () => {
    const trend = [
      { leadTimeMs: 2 * HOUR, deployments: 1 },
      { leadTimeMs: undefined, deployments: 0 },
      { leadTimeMs: HOUR, deployments: 2 },
    ];
    const text = await render({ environments: [{ ...quiet, trend }] });

    expect(text).toContain('points="0.0,2.0 96.0,12.0"');
    expect(text).toContain('1× 2 h, 0× –, 2× 1 h');
  });

  it.each([
    ['over one week', [{ leadTimeMs: HOUR, deployments: 1 }], 'points="0.0,2.0"'],
    ['without any time', [{ leadTimeMs: 0, deployments: 1 }], 'points="0.0,22.0"'],
    ['without any week', [], 'points=""'],
  ])('have a trend also %s', async (_case, trend, points) => {
    const text = await render({ environments: [{ ...quiet, trend }] });

    expect(text).toContain(points);
    expect(text).not.toMatch(FORGOTTEN);
  });
});

describe('the service graph', () => {
  it('says that there is none yet', async () => {
    expect(await render({})).toContain('No release was recorded since this process started.');
  });

  it.each([
    [1, 'Of the last release that'],
    [3, 'Of the last 3 releases that'],
  ])('of %i releases says of how many it is', async (releases, text) => {
    expect((await render({ graph: graphOf('a', 'b'), releases })).replaceAll(/\s+/g, ' ')).toContain(text);
  });

  it.each([
    [0, '<li>github → ghcr: 3</li>', false],
    [1, '<li>github → ghcr: 3, 1 failed</li>', true],
  ])('draws an arrow with %i failures, as a line and in words', async (failed, words, isFailed) => {
    const text = await render({ graph: graphOf('github', 'ghcr', failed), releases: 1 });

    expect(text).toContain(words);
    expect(text.includes('class="failed"')).toBe(isFailed);
    // From the right side of the first node to the left side of the second.
    expect(text.replaceAll(/\s+/g, ' ')).toContain('x1="117" y1="21" x2="161" y2="21"');
  });

  it('draws no arrow to a node that is not there, but lists it', async () => {
    const text = await render({ graph: { ...graphOf('a', 'b'), edges: [edge('a', 'gone')] }, releases: 1 });

    expect(text).not.toContain('<line');
    expect(text).toContain('a → gone: 3');
  });
});

it('the page is the same HTML whatever names say', async () => {
  const viewWith = (text: string): Partial<DeliveryView> => ({
    environments: [{ ...quiet, pipeline: text, environment: text }],
    graph: graphOf(`${text}1`, `${text}2`),
    releases: 1,
  });
  const shape = markupOf(await render(viewWith('text')));
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      expect(markupOf(await render(viewWith(`<b>"'&${text}`)))).toBe(shape);
    }),
    { numRuns: 50 },
  );
});
