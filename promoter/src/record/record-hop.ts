// One hop -> timeline, collector, metrics and pages, as its origin says.
import type { SpanRecord, SpanSpool } from '@delivery/telemetry/release';
import type { Duplicates } from './duplicates.ts';
import type { ReleaseMeasures } from './measure-releases.ts';
import { type Origin, ORIGINS } from './origins.ts';
import type { Timelines } from './timelines.ts';

export interface RecordHopDeps {
  timelines: Timelines;
  /** Undefined where no exporter is configured: releases are recorded for people only. */
  spool: SpanSpool | undefined;
  measures: Pick<ReleaseMeasures, 'recorded'>;
  duplicates: Duplicates;
  onChange(): void;
}

/** @param hop spans that belong together: they are exported in one request. */
export type RecordHop = (hop: readonly SpanRecord[], origin: Origin) => void;

export function createHopRecorder({ timelines, spool, measures, duplicates, onChange }: RecordHopDeps): RecordHop {
  return (hop, origin) => {
    const effects = ORIGINS[origin];
    const fresh = hop.filter(({ spanId }) => duplicates.isFirst(`recorded ${spanId}`));
    if (effects.timeline) timelines.add(hop);
    if (effects.metrics) measures.recorded(fresh);
    if (effects.export) spool?.add(hop);
    if (effects.pages) onChange();
  };
}
