// Cases measured on a live Tempo 3.0.3 with its default settings, and rules read in its source.
import { describe, expect, it } from 'vitest';
import { describeServiceGraph } from './describe-service-graph.ts';
import { drawServiceGraph } from './draw-service-graph.ts';
import { findMissingParents } from './find-missing-parents.ts';
import type { Export, Span } from './read-otlp.ts';

const NOW = Date.UTC(2026, 10, 23, 10);
const SECOND = 1_000;
const HOUR = 3_600_000;

let spanCount = 0;
function span(service: string, kind: Span['kind'], changes: Partial<Span> = {}): Span {
  spanCount += 1;
  return {
    traceId: 'a'.repeat(32),
    spanId: spanCount.toString(16).padStart(16, '0'),
    parentSpanId: undefined,
    name: `${kind.toLowerCase()} of ${service}`,
    kind,
    startMs: NOW - SECOND,
    endMs: NOW,
    isError: false,
    attributes: {},
    service,
    resource: { 'service.name': service },
    links: [],
    ...changes,
  };
}

function pair(client: string, server: string, changes: Partial<Span> = {}): [Span, Span] {
  const caller = span(client, 'CLIENT', changes);
  return [caller, span(server, 'SERVER', { ...changes, parentSpanId: caller.spanId })];
}

const at = (receivedMs: number, ...spans: Span[]): Export => ({ receivedMs, spans });
const draw = (...exports: Export[]): { arrows: string[]; lost: string[] } => {
  const { edges, losses } = drawServiceGraph(exports);
  return {
    arrows: edges.map(
      ({ client, server, connectionType, requests, failed }) =>
        `${client} -> ${server}${connectionType && ` (${connectionType})`} ${requests}${failed ? `, ${failed} failed` : ''}`,
    ),
    lost: losses.map(({ span: lost, why }) => `${lost.name}: ${why}`),
  };
};

describe('measured on Tempo 3.0.3', () => {
  it('draws every pair of one request whose ends are both recent', () => {
    const producer = span('ghcr', 'PRODUCER');
    const spans = [
      ...pair('github-actions', 'ghcr'),
      producer,
      span('promoter', 'CONSUMER', { parentSpanId: producer.spanId }),
      ...pair('promoter', 'gitops-config'),
      ...pair('gitops-config', 'argocd'),
      ...pair('argocd', 'todo'),
    ];

    expect(draw(at(NOW, ...spans))).toEqual({
      arrows: [
        'github-actions -> ghcr 1',
        'ghcr -> promoter (messaging_system) 1',
        'promoter -> gitops-config 1',
        'gitops-config -> argocd 1',
        'argocd -> todo 1',
      ],
      lost: [],
    });
  });

  it('drops a pair that ended 100 s ago and counts one that ended 20 s ago', () => {
    const late = pair('github', 'github-actions', { endMs: NOW - 100 * SECOND });
    const fresh = pair('github-actions', 'ghcr', { endMs: NOW - 20 * SECOND });

    const { arrows, lost } = draw(at(NOW, ...late, ...fresh));

    expect(arrows).toEqual(['github-actions -> ghcr 1']);
    expect(lost).toEqual([
      'client of github: ended 100 s before it was received',
      'server of github-actions: ended 100 s before it was received',
    ]);
  });

  it('counts a pair that started 25 hours ago and ended now', () => {
    expect(draw(at(NOW, ...pair('promoter', 'gitops-config', { startMs: NOW - 25 * HOUR }))).arrows).toEqual([
      'promoter -> gitops-config 1',
    ]);
  });

  it('draws a lone CLIENT with peer.service to a virtual node', () => {
    expect(draw(at(NOW, span('promoter', 'CLIENT', { attributes: { 'peer.service': 'reviewers' } })))).toEqual({
      arrows: ['promoter -> reviewers (virtual_node) 1'],
      lost: [],
    });
  });
});

describe("read in Tempo's source", () => {
  it.each([
    ['developer', { 'peer.service': 'developer' }],
    ['user', {}],
  ])('draws a root SERVER span from %s', (client, attributes) => {
    expect(draw(at(NOW, span('github', 'SERVER', { attributes }))).arrows).toEqual([
      `${client} -> github (virtual_node) 1`,
    ]);
  });

  it('draws nothing for INTERNAL spans; an INTERNAL span in between breaks the arrow', () => {
    const caller = span('argocd', 'CLIENT', { attributes: {} });
    const between = span('argocd', 'INTERNAL', { parentSpanId: caller.spanId });
    const callee = span('todo', 'SERVER', { parentSpanId: between.spanId });

    expect(draw(at(NOW, caller, between, callee))).toEqual({
      arrows: [],
      lost: [
        'client of argocd: no partner arrived, and no peer.service names one',
        'server of todo: its direct parent is not a CLIENT span that arrived in time',
      ],
    });
  });

  it('pairs one CLIENT with one SERVER: a second SERVER finds no partner', () => {
    const [caller, callee] = pair('promoter', 'gitops-config');
    const second = span('gitops-config', 'SERVER', { parentSpanId: caller.spanId, name: 'second' });

    expect(draw(at(NOW, caller, callee, second))).toEqual({
      arrows: ['promoter -> gitops-config 1'],
      lost: ['second: its parent already has a partner: one arrow needs one CLIENT span'],
    });
  });

  it.each([
    [9, ['argocd -> todo 1']],
    [11, ['argocd -> todo (virtual_node) 1']],
  ])('joins halves from requests that are %i s apart, or not', (seconds, arrows) => {
    const laterMs = NOW + seconds * SECOND;
    const [caller, callee] = pair('argocd', 'todo', { attributes: { 'peer.service': 'todo' } });

    expect(draw(at(NOW, caller), at(laterMs, callee)).arrows).toEqual(arrows);
  });

  it('counts a span again that was exported again, and reports it', () => {
    const spans = pair('argocd', 'todo');

    const { arrows, lost } = draw(at(NOW, ...spans), at(NOW + SECOND, ...spans));

    expect(arrows).toEqual(['argocd -> todo 2']);
    expect(lost).toHaveLength(2);
    expect(lost[0]).toContain('exported twice');
  });

  it.each([
    ['peer.service', { 'db.namespace': 'todo', 'peer.service': 'todo-db', 'server.address': 'db.internal' }, 'todo-db'],
    ['server.address', { 'db.namespace': 'todo', 'server.address': 'db.internal' }, 'db.internal'],
    [
      'network.peer.address',
      { 'db.namespace': 'todo', 'network.peer.address': '10.0.0.1', 'network.peer.port': 5432 },
      '10.0.0.1:5432',
    ],
    ["the database's name", { 'db.namespace': 'todos' }, 'todos'],
  ])('draws a database from one CLIENT span, named by %s', (_by, attributes, node) => {
    expect(draw(at(NOW, span('todo', 'CLIENT', { attributes }))).arrows).toEqual([`todo -> ${node} (database) 1`]);
  });

  it('counts a pair as failed when either end failed', () => {
    const [caller, callee] = pair('argocd', 'todo');

    expect(draw(at(NOW, caller, { ...callee, isError: true })).arrows).toEqual(['argocd -> todo 1, 1 failed']);
  });

  it.each([
    ['an arrow to itself', () => pair('promoter', 'promoter'), 'leads from promoter to itself'],
    [
      'PRODUCER answered by SERVER',
      () => {
        const producer = span('ghcr', 'PRODUCER');
        return [producer, span('promoter', 'SERVER', { parentSpanId: producer.spanId })];
      },
      'SERVER answers PRODUCER',
    ],
    ['a resource without a service', () => [{ ...span('', 'CLIENT'), service: undefined }], 'no service.name'],
    ['a span from the future', () => [span('todo', 'CLIENT', { endMs: NOW + HOUR })], 'ended 3600 s after'],
  ])('reports %s', (_what, spans, why) => {
    expect(draw(at(NOW, ...spans())).lost.join('\n')).toContain(why);
  });
});

it('describes each arrow and each loss in a line', () => {
  const [caller, callee] = pair('argocd', 'todo');
  const text = describeServiceGraph(
    drawServiceGraph([
      at(NOW, caller, { ...callee, isError: true }, span('todo', 'CLIENT', { spanId: 'f'.repeat(16) })),
    ]),
  );

  expect(text.split('\n')).toEqual([
    'argocd -> todo  1 request (1 failed)',
    'lost: todo: client of todo (CLIENT ffffffffffffffff): no partner arrived, and no peer.service names one',
  ]);
});

it('finds spans whose parent is missing', () => {
  const [caller, callee] = pair('argocd', 'todo');

  expect(findMissingParents([caller, callee])).toEqual([]);
  expect(findMissingParents([callee])).toEqual([callee]);
});
