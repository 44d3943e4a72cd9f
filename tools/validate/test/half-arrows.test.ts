import { readFile } from 'node:fs/promises';
import type { Span } from '@delivery/service-graph';
import { expect, it } from 'vitest';
import { halfArrows } from '../src/live/half-arrows.ts';

const tempo = await readFile(new URL('../../../observability/tempo/tempo.yaml', import.meta.url), 'utf8');

function span(spanId: string, more: Partial<Span>): Span {
  return {
    traceId: 'a'.repeat(32),
    spanId,
    parentSpanId: undefined,
    name: 'GET',
    kind: 'CLIENT',
    service: 'promoter',
    startMs: 0,
    endMs: 1,
    isError: false,
    attributes: {},
    resource: { 'service.name': more.service ?? 'promoter' },
    links: [],
    ...more,
  };
}

it.each<[string, Partial<Span>, number]>([
  ["a request of the promoter's own", { attributes: { 'http.request.method': 'GET' } }, 0],
  ['a call that names its peer', { attributes: { 'peer.service': 'gitops-config' } }, 0],
  ['a call of another service', { service: 'other', attributes: { 'http.request.method': 'GET' } }, 1],
  ['a call without anything', {}, 1],
])('%s', (_case, more, count) => {
  expect(halfArrows([{ receivedMs: 1, spans: [span('1', more)] }], tempo)).toHaveLength(count);
});
