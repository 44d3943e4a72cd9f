import type { Span } from './read-otlp.ts';

const BAR_WIDTH = 32;

export interface WaterfallOptions {
  /** Width of the column with service and span names, in characters. */
  nameWidth?: number;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  return ms < 86_400_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${(ms / 86_400_000).toFixed(1)} d`;
}

/** A trace as text: one line per span, below its parent, with a bar for its place in the whole. */
export function describeWaterfall(spans: readonly Span[], { nameWidth = 64 }: WaterfallOptions = {}): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  /** By parent; roots, and spans whose parent is missing, are below undefined. */
  const children = new Map<string | undefined, Span[]>();
  for (const span of spans.toSorted((one, other) => one.startMs - other.startMs || one.endMs - other.endMs)) {
    const { parentSpanId } = span;
    const parent = parentSpanId !== undefined && known.has(parentSpanId) ? parentSpanId : undefined;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const totalMs = Math.max(1, Math.max(...spans.map((span) => span.endMs)) - startMs);
  const column = (ms: number): number => Math.min(BAR_WIDTH - 1, Math.floor(((ms - startMs) / totalMs) * BAR_WIDTH));

  const linesBelow = (parent: string | undefined, depth: number): string[] =>
    (children.get(parent) ?? []).flatMap((span) => {
      const from = column(span.startMs);
      const bar = ' '.repeat(from) + (span.isError ? '!' : '=').repeat(Math.max(1, column(span.endMs) - from + 1));
      const label = `${'  '.repeat(depth)}${span.service ?? 'unknown'}: ${span.name}`;
      const name = label.length > nameWidth ? `${label.slice(0, nameWidth - 1)}…` : label.padEnd(nameWidth);
      return [
        `${name} ${duration(span.endMs - span.startMs).padStart(9)} |${bar.padEnd(BAR_WIDTH)}|`,
        ...linesBelow(span.spanId, depth + 1),
      ];
    });
  return spans.length === 0 ? '' : linesBelow(undefined, 0).join('\n');
}
