import { createRegistry } from '@delivery/telemetry/metrics';
import type { SpanRecord } from '@delivery/telemetry/release';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../trace/attributes.ts';
import { declare, environment, observed } from '../../test/fixtures.ts';
import { createReleaseMeasures } from './measure-releases.ts';

const span = (role: SpanRecord['role'], endMs: number): SpanRecord => ({
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  role,
  parentSpanId: undefined,
  service: 'todo',
  name: role,
  kind: 'INTERNAL',
  startMs: endMs,
  endMs,
  attributes: { [ATTRIBUTE.pipeline]: 'todo', [ATTRIBUTE.environment]: 'prod' },
  links: [],
  error: undefined,
});

describe('the time from the rollout to the first request', () => {
  it.each<[string, SpanRecord[], string]>([
    ['that came later', [span('rolled out', 10_000), span('first request', 13_000)], '3'],
    ['that came before Argo CD knew', [span('first request', 9_000), span('rolled out', 10_000)], '0'],
    [
      'that is reported twice',
      [span('first request', 9_000), span('rolled out', 10_000), span('rolled out', 10_000)],
      '0',
    ],
  ])('is measured once for a request %s', async (_case, spans, seconds) => {
    const registry = createRegistry('promoter');
    const measures = createReleaseMeasures(registry, () => []);
    for (const each of spans) measures.recorded([each]);

    const text = await registry.metrics();
    const labels = '{service="promoter",pipeline="todo",environment="prod",stage="first_request"}';
    expect(text).toContain(`promoter_release_stage_duration_seconds_count${labels} 1`);
    expect(text).toContain(`promoter_release_stage_duration_seconds_sum${labels} ${seconds}`);
  });
});

describe('the series of a pipeline', () => {
  const pipeline = declare();
  const read = observed(pipeline, [environment(pipeline, 'dev'), environment(pipeline, 'prod')]);
  const series = (stage: string, of: string): string =>
    `promoter_release_stage_duration_seconds_count{service="promoter",pipeline="todo",environment="${of}",stage="${stage}"}`;

  it('begin at zero when it is read, so that its first release is an increase', async () => {
    const registry = createRegistry('promoter');
    createReleaseMeasures(registry, () => []).read([read], [], new Date());

    const text = await registry.metrics();
    for (const stage of ['promote', 'approve', 'sync', 'rollout', 'first_request'])
      for (const name of ['dev', 'prod']) expect(text).toContain(`${series(stage, name)} 0\n`);
    for (const stage of ['ci', 'publish']) expect(text).toContain(`${series(stage, '')} 0\n`);
    expect(text).toContain(
      'promoter_lead_time_seconds_count{service="promoter",pipeline="todo",environment="prod"} 0\n',
    );
  });

  it('keep what was measured before', async () => {
    const registry = createRegistry('promoter');
    const measures = createReleaseMeasures(registry, () => []);
    measures.recorded([{ ...span('rollout', 10_000), startMs: 8_000 }]);
    measures.read([read], [], new Date());
    measures.read([read], [], new Date());

    expect(await registry.metrics()).toContain(`${series('rollout', 'prod')} 1\n`);
  });
});
