import { releaseSpanId } from '@delivery/telemetry/release';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRACE_ID } from '../../test/fixtures.ts';
import { makeArrow, makeSpan, type SpanSketch } from './make-span.ts';

const NOW = 1_000_000;
const scope = { traceId: TRACE_ID, common: { repository: 'todo', environment: 'all' }, nowMs: NOW };
const sketch: SpanSketch = {
  role: 'soak',
  key: 'dev',
  parent: 'f'.repeat(16),
  service: 'promoter',
  name: 'await soak',
  startMs: 1,
  endMs: 2,
};

describe('a span', () => {
  it('has the id that follows from its trace, role and key, and what all spans of the scope say', () => {
    expect(makeSpan(scope, { ...sketch, attributes: { environment: 'dev' } })).toEqual({
      traceId: TRACE_ID,
      spanId: releaseSpanId(TRACE_ID, 'soak', 'dev'),
      role: 'soak',
      parentSpanId: 'f'.repeat(16),
      service: 'promoter',
      name: 'await soak',
      kind: 'INTERNAL',
      startMs: 1,
      endMs: 2,
      attributes: { repository: 'todo', environment: 'dev' },
      links: [],
      error: undefined,
    });
  });

  it.each<[string, number, number, [number, number]]>([
    ['ends before it began', 5, 3, [5, 5]],
    ['ends in the future', 5, NOW + 1, [5, NOW]],
    ['begins in the future', NOW + 1, NOW + 2, [NOW, NOW]],
    ['has no start', Number.NaN, 5, [5, 5]],
    ['has no end', 5, Number.NaN, [5, NOW]],
    ['has no time at all', Number.NaN, Number.NaN, [NOW, NOW]],
  ])('that %s gets possible times', (_case, startMs, endMs, expected) => {
    const made = makeSpan(scope, { ...sketch, startMs, endMs });

    expect([made.startMs, made.endMs]).toEqual(expected);
  });
});

describe('an arrow', () => {
  const arrow = (fromMs: number, toMs: number, endMs: number, error?: string) =>
    makeArrow(scope, {
      key: 'dev',
      parent: 'f'.repeat(16),
      endMs,
      error,
      from: { role: 'commit', service: 'promoter', name: 'commit', startMs: fromMs, attributes: { own: 'client' } },
      to: {
        role: 'land',
        service: 'gitops-config',
        name: 'land',
        startMs: toMs,
        links: [{ traceId: '1', spanId: '2' }],
      },
    });

  it('is a client that names its peer, and under it a server of that name', () => {
    const [client, server] = arrow(1, 2, 3);

    expect(client).toMatchObject({
      kind: 'CLIENT',
      service: 'promoter',
      parentSpanId: 'f'.repeat(16),
      startMs: 1,
      endMs: 3,
    });
    expect(client.attributes).toEqual({
      ...scope.common,
      own: 'client',
      'peer.service': 'gitops-config',
      'service.peer.name': 'gitops-config',
    });
    expect(server).toMatchObject({
      kind: 'SERVER',
      service: 'gitops-config',
      parentSpanId: client.spanId,
      startMs: 2,
      endMs: 3,
    });
    expect(server.attributes).toEqual(scope.common);
    expect([client.links, server.links]).toEqual([[], [{ traceId: '1', spanId: '2' }]]);
    expect(server.spanId).not.toBe(client.spanId);
  });

  it('fails as a whole', () => {
    expect(arrow(1, 2, 3, 'refused').map(({ error }) => error)).toEqual(['refused', 'refused']);
  });

  it('is a server within its client, and both end together, whatever the clocks say', () => {
    const time = fc.integer({ min: 0, max: NOW * 2 });
    fc.assert(
      fc.property(time, time, time, (fromMs, toMs, endMs) => {
        fc.pre(!(toMs > endMs)); // a server that begins after its end is for the caller to avoid
        const [client, server] = arrow(fromMs, toMs, endMs);

        expect(client.startMs).toBeLessThanOrEqual(server.startMs);
        expect(server.startMs).toBeLessThanOrEqual(server.endMs);
        expect(server.endMs).toBe(client.endMs);
        expect(client.endMs).toBeLessThanOrEqual(NOW);
      }),
    );
  });
});
