import type { Edge, Loss, ServiceGraph } from './draw-service-graph.ts';

/** The graph as text: one line per arrow, then one line per lost span. */
export function describeServiceGraph({ edges, losses }: ServiceGraph): string {
  const lines = edges.map((edge) => ({ arrow: `${edge.client} -> ${edge.server}`, text: describeEdge(edge) }));
  const width = Math.max(0, ...lines.map(({ arrow }) => arrow.length));
  return [...lines.map(({ arrow, text }) => `${arrow.padEnd(width)}  ${text}`), ...losses.map(describeLoss)].join('\n');
}

function describeEdge({ requests, failed, connectionType }: Edge): string {
  const counted = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  const details = [failed > 0 ? `${failed} failed` : '', connectionType.replace('_', ' ')].filter(Boolean);
  return details.length === 0 ? counted : `${counted} (${details.join(', ')})`;
}

function describeLoss({ span, why }: Loss): string {
  return `lost: ${span.service ?? 'unknown service'}: ${span.name} (${span.kind} ${span.spanId}): ${why}`;
}
