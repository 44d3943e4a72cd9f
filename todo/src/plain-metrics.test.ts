import { expect, it } from 'vitest';
import { toPlainText } from './plain-metrics.ts';

it('keeps every sample, without exemplars and end mark, and names a counter as its samples do', () => {
  const openMetrics = [
    '# HELP requests Total of requests.',
    '# TYPE requests counter',
    'requests_total{path="/a # {b}"} 3',
    '# HELP seconds Duration.',
    '# TYPE seconds histogram',
    'seconds_bucket{le="0.1"} 2 # {trace_id="4bf9",span_id="00f0"} 0.07 1764093000.5',
    'seconds_bucket{le="+Inf"} 2',
    '# EOF',
    '',
  ].join('\n');

  expect(toPlainText(openMetrics)).toBe(
    [
      '# HELP requests_total Total of requests.',
      '# TYPE requests_total counter',
      'requests_total{path="/a # {b}"} 3',
      '# HELP seconds Duration.',
      '# TYPE seconds histogram',
      'seconds_bucket{le="0.1"} 2',
      'seconds_bucket{le="+Inf"} 2',
      '',
    ].join('\n'),
  );
});
