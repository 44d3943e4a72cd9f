// Callers whose callee never exports a span, and that nothing names: each waits in Tempo's service graph, and expires.
import { drawServiceGraph, type Export, type Span, TEMPO_DEFAULTS } from '@delivery/service-graph';
import { parse } from 'yaml';
import { z } from 'zod';

const Policy = z.object({
  exclude: z.object({
    match_type: z.literal('regex'),
    attributes: z.array(z.object({ key: z.string(), value: z.string() })),
  }),
});
const Tempo = z.object({
  metrics_generator: z.object({
    processor: z.object({
      service_graphs: z.object({
        peer_attributes: z.array(z.string()),
        filter_policies: z.array(Policy).default([]),
      }),
    }),
  }),
});

function valueOf(span: Span, key: string): string | undefined {
  if (key === 'kind') return `SPAN_KIND_${span.kind}`;
  const value = key.startsWith('resource.')
    ? span.resource[key.slice('resource.'.length)]
    : span.attributes[key.slice('span.'.length)];
  return typeof value === 'string' ? value : undefined;
}

/** @param tempo the text of tempo.yaml. https://github.com/grafana/tempo/blob/v3.0.3/pkg/spanfilter/spanfilter.go */
export function halfArrows(exports: readonly Export[], tempo: string): Span[] {
  const { peer_attributes: peerAttributes, filter_policies: policies } = Tempo.parse(parse(tempo)).metrics_generator
    .processor.service_graphs;
  const isExcluded = (span: Span): boolean =>
    policies.some(({ exclude }) =>
      exclude.attributes.every(({ key, value }) => {
        const own = valueOf(span, key);
        return own !== undefined && new RegExp(value).test(own);
      }),
    );
  const seen = exports.map(({ receivedMs, spans }) => ({
    receivedMs,
    spans: spans.filter((span) => !isExcluded(span)),
  }));
  const settings = { ...TEMPO_DEFAULTS, peerAttributes, slackMs: Number.POSITIVE_INFINITY };
  return drawServiceGraph(seen, settings)
    .losses.filter(({ why }) => why.startsWith('no partner arrived'))
    .map(({ span }) => span);
}
