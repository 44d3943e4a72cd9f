// Shows the trace of a release as the collector received it: the service graph that Tempo draws, and a waterfall.
import { setTimeout as wait } from 'node:timers/promises';
import type { OtlpReceiver } from '@delivery/otlp-receiver';
import { describeServiceGraph, describeWaterfall, drawServiceGraph } from '@delivery/service-graph';

/** Since the last span arrived. */
const STANDSTILL_MS = 20_000;
const LOOK_INTERVAL_MS = 100;

/** Waits for the spans of the last environment as long as spans arrive, then shows what there is. */
export async function showTrace(
  { exports }: OtlpReceiver,
  traceId: string,
  environments: readonly string[],
): Promise<string> {
  const exportsOfTrace = () =>
    exports.map((each) => ({ ...each, spans: each.spans.filter((span) => span.traceId === traceId) }));
  const isComplete = (): boolean => {
    const spans = exportsOfTrace().flatMap((each) => each.spans);
    const served = spans.filter(({ name }) => name === 'first request served').length;
    const names = new Set(spans.map(({ name }) => name));
    const boots = spans.filter(({ name }) => name === 'boot').map(({ spanId }) => spanId);
    const parents = new Set(spans.map(({ parentSpanId }) => parentSpanId));
    if (boots.length < environments.length || !boots.every((boot) => parents.has(boot))) return false;
    return served >= environments.length && environments.every((name) => names.has(`rollout ${name}`));
  };
  const countSpans = (): number => exportsOfTrace().reduce((sum, each) => sum + each.spans.length, 0);
  let arrived = countSpans();
  let progressMs = performance.now();
  while (!isComplete() && performance.now() - progressMs < STANDSTILL_MS) {
    await wait(LOOK_INTERVAL_MS);
    if (countSpans() > arrived) progressMs = performance.now();
    arrived = countSpans();
  }
  const shown = exportsOfTrace();
  const waterfall = describeWaterfall(shown.flatMap((each) => each.spans));
  return `Service graph of trace ${traceId}:\n${describeServiceGraph(drawServiceGraph(shown))}\n\n${waterfall}`;
}
