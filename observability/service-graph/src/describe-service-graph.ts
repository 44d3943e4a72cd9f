import type { Edge, Loss, ServiceGraph } from './draw-service-graph.ts';

/** The graph for people: a line for each arrow, then a line for each span that it lost. */
export function describeServiceGraph({ edges, losses }: ServiceGraph): string {
  const arrows = edges.map((edge) => `${edge.client} -> ${edge.server}`);
  const width = Math.max(0, ...arrows.map(({ length }) => length));
  return [
    ...edges.map((edge, index) => `${(arrows[index] ?? '').padEnd(width)}  ${describeEdge(edge)}`),
    ...losses.map(describeLoss),
  ].join('\n');
}

function describeEdge({ requests, failed, connectionType }: Edge): string {
  const counted = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  const details = [failed > 0 ? `${failed} failed` : '', connectionType.replace('_', ' ')].filter(Boolean);
  return details.length === 0 ? counted : `${counted} (${details.join(', ')})`;
}

function describeLoss({ span, why }: Loss): string {
  return `lost: ${span.service ?? 'unknown service'}: ${span.name} (${span.kind} ${span.spanId}): ${why}`;
}
