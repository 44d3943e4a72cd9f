// The table of origins, as it is seen from outside: what one hop becomes, and what the same hop becomes when it comes again.
import { createSpanSpool, type SpanRecord } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import { span, TRACE_ID } from '../../test/fixtures.ts';
import { createDuplicates } from './duplicates.ts';
import type { Origin } from './origins.ts';
import { createHopRecorder } from './record-hop.ts';
import { createTimelines } from './timelines.ts';

function start({ exports = true } = {}) {
  const exported: SpanRecord[][] = [];
  const measured: SpanRecord[] = [];
  let rendered = 0;
  const timelines = createTimelines();
  const spool = createSpanSpool({
    send: (spans) => Promise.resolve(void exported.push([...spans])),
    onOutcome: () => undefined,
  });
  const record = createHopRecorder({
    timelines,
    spool: exports ? spool : undefined,
    measures: { recorded: (spans) => void measured.push(...spans) },
    duplicates: createDuplicates(),
    onChange: () => void (rendered += 1),
  });
  return {
    record,
    /** Names of spans by what became of them; how often pages were rendered again. */
    async effects() {
      await spool.flush();
      return {
        timeline: (timelines.timeline(TRACE_ID) ?? []).map(({ name }) => name),
        exported: exported.map((spans) => spans.map(({ name }) => name)),
        measured: measured.map(({ name }) => name),
        rendered,
      };
    },
  };
}
const hop = [span('sync'), span('synced')];
const names = ['sync', 'synced'];

describe('a hop', () => {
  it.each<[Origin, object]>([
    ['live', { timeline: names, exported: [names], measured: names, rendered: 1 }],
    ['recovered', { timeline: names, exported: [names], measured: [], rendered: 0 }],
    ['known', { timeline: names, exported: [], measured: [], rendered: 0 }],
    ['elsewhere', { timeline: names, exported: [], measured: names, rendered: 1 }],
  ])('that is %s has the effects of its origin', async (origin, expected) => {
    const { record, effects } = start();
    record(hop, origin);

    expect(await effects()).toEqual(expected);
  });

  it('that comes again is counted and exported once; what is new of it is added', async () => {
    const { record, effects } = start();
    record(hop, 'live');
    record([...hop, span('detect')], 'live');

    expect(await effects()).toEqual({
      timeline: [...names, 'detect'],
      exported: [[...names, 'detect']],
      measured: [...names, 'detect'],
      rendered: 2,
    });
  });

  it('that was known is never counted, also when it is seen again', async () => {
    const { record, effects } = start();
    record(hop, 'known');
    record(hop, 'live');

    expect((await effects()).measured).toEqual([]);
  });

  it('is for people and metrics alone where no exporter is configured', async () => {
    const { record, effects } = start({ exports: false });
    record(hop, 'live');

    expect(await effects()).toEqual({ timeline: names, exported: [], measured: names, rendered: 1 });
  });
});
