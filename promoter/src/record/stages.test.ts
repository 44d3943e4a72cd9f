import { createRegistry } from '@delivery/telemetry/metrics';
import { describe, expect, it } from 'vitest';
import { TransientError } from '../errors.ts';
import { createMetrics } from './metrics.ts';
import { createStages } from './stages.ts';

function start() {
  const registry = createRegistry('promoter');
  const inStage = createStages(createMetrics(registry));
  const countOf = async (stage: string): Promise<string | undefined> =>
    (await registry.metrics())
      .split('\n')
      .find((line) => line.startsWith(`promoter_stage_duration_seconds_count{service="promoter",stage="${stage}"}`))
      ?.split(' ')[1];
  return { inStage, countOf };
}

describe('the work of a stage', () => {
  it('returns its result, and is measured under the name of its stage', async () => {
    const { inStage, countOf } = start();
    const results = await Promise.all([1, 2].map((one) => inStage('collect', {}, () => Promise.resolve(one))));

    expect(results).toEqual([1, 2]);
    expect([await countOf('collect'), await countOf('decide')]).toEqual(['2', undefined]);
  });

  it('that fails is measured too, and the failure is passed on', async () => {
    const { inStage, countOf } = start();
    const error = new TransientError('read acme/config: 502');

    await expect(inStage('enact', {}, () => Promise.reject(error))).rejects.toBe(error);
    expect(await countOf('enact')).toBe('1');
  });
});
