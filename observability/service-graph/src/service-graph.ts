// Tempo's service graph, computed from spans without running Tempo.
export { drawServiceGraph, TEMPO_DEFAULTS } from './draw-service-graph.ts';
export type { ConnectionType, Edge, Loss, ServiceGraph, TempoSettings } from './draw-service-graph.ts';
export { describeServiceGraph } from './describe-service-graph.ts';
export { describeWaterfall } from './describe-waterfall.ts';
export { findMissingParents } from './find-missing-parents.ts';
export { OtlpError, readOtlp, readOtlpRequest } from './read-otlp.ts';
export type { Export, Span, SpanKind } from './read-otlp.ts';
