import type { SpanRecord } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../trace/attributes.ts';
import { describeRelease, type LinkTemplates } from './release-view.ts';

const START = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;
const TRACE = 'a'.repeat(32);

let count = 0;
function span(role: SpanRecord['role'], fromMs: number, toMs: number, more: Partial<SpanRecord> = {}): SpanRecord {
  count += 1;
  return {
    traceId: TRACE,
    spanId: count.toString(16).padStart(16, '0'),
    role,
    parentSpanId: undefined,
    service: 'promoter',
    name: role,
    kind: 'INTERNAL',
    startMs: START + fromMs,
    endMs: START + toMs,
    attributes: {},
    links: [],
    error: undefined,
    ...more,
  };
}
const inProd = (more: Record<string, string> = {}) => ({ attributes: { [ATTRIBUTE.environment]: 'prod', ...more } });
const templates: LinkTemplates = { traceUrl: undefined, argocdUrl: undefined };
const viewOf = (spans: readonly SpanRecord[], links = templates) => describeRelease(TRACE, spans, [], links);

describe("a release's page", () => {
  it('scales each phase to itself: seconds stay readable beside an approval of three days', () => {
    const view = viewOf([
      span('push', 0, 1_000),
      span('run', 0, 100_000),
      span('approval', 120_000, 3 * DAY, inProd()),
      span('rollout', 3 * DAY, 3 * DAY + 4_000, inProd()),
      span('boot', 3 * DAY + 2_000, 3 * DAY + 4_000, inProd()),
    ]);

    expect(view.phases.map(({ title, durationMs }) => [title, durationMs])).toEqual([
      ['Build', 100_000],
      ['Promotion to prod', 3 * DAY - 120_000],
      ['Rollout in prod', 4_000],
    ]);
    expect(view.phases[2]?.spans.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0.5, 1],
    ]);
    expect(view.durationMs).toBe(3 * DAY + 4_000);
  });

  it('puts what a span led to under it, and what has no parent here first', () => {
    const parent = span('rollout', 10, 30, inProd());
    const child = span('boot', 15, 20, { ...inProd(), parentSpanId: parent.spanId });
    const other = span('sync', 20, 25, { ...inProd(), parentSpanId: 'f'.repeat(16) });

    const [phase] = viewOf([child, other, parent].sort((one, two) => one.startMs - two.startMs)).phases;

    expect(phase?.spans.map(({ name, depth }) => [name, depth])).toEqual([
      ['rollout', 0],
      ['boot', 1],
      ['sync', 0],
    ]);
  });

  it('marks waits and failures', () => {
    const [phase] = viewOf([
      span('approval', 0, 10, inProd()),
      span('promote', 0, 10, { ...inProd(), error: 'no' }),
    ]).phases;

    expect(phase?.isFailed).toBe(true);
    expect(phase?.spans.map(({ isWait }) => isWait)).toEqual([true, false]);
  });

  it('leads to the pull request, the run, and to Argo CD and Tempo where they are configured', () => {
    const spans = [
      span('run', 0, 1, { attributes: { [ATTRIBUTE.runUrl]: 'https://ci/1', [ATTRIBUTE.pipelineName]: 'release' } }),
      span('land', 1, 2, inProd({ [ATTRIBUTE.change]: '7', [ATTRIBUTE.url]: 'https://pull/7' })),
      span('synced', 2, 3, inProd({ [ATTRIBUTE.application]: 'todo-prod' })),
    ];

    expect(viewOf(spans).links.map(({ title }) => title)).toEqual(['Run of release', '#7 for prod']);
    expect(
      viewOf(spans, { traceUrl: 'https://t/{traceId}', argocdUrl: 'https://a/{application}' }).links.map(
        ({ url }) => url,
      ),
    ).toEqual([`https://t/${TRACE}`, 'https://ci/1', 'https://pull/7', 'https://a/todo-prod']);
  });

  it("leads to an Application in another namespace by both names, as Argo CD's own addresses do", () => {
    const spans = [span('synced', 2, 3, inProd({ [ATTRIBUTE.application]: 'team-a/todo-prod' }))];

    expect(viewOf(spans, { traceUrl: undefined, argocdUrl: 'https://a/applications/{application}' }).links).toEqual([
      { title: 'Argo CD: team-a/todo-prod', url: 'https://a/applications/team-a/todo-prod' },
    ]);
  });

  it('names the people', () => {
    const spans = [
      span('push', 0, 1, { attributes: { [ATTRIBUTE.actor]: 'dana' } }),
      span('land', 1, 2, { attributes: { [ATTRIBUTE.approvedBy]: ['rene', 'ria'] } }),
    ];

    expect(viewOf(spans).people).toEqual(['dana pushed', 'rene approved', 'ria approved']);
  });
});
