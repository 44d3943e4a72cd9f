// The commands of the program. `promoter trace check FILE`: what Tempo's service graph would make of an OTLP file, and what it would lose.
import { readFile } from 'node:fs/promises';
import {
  describeServiceGraph,
  describeWaterfall,
  drawServiceGraph,
  findMissingParents,
  OtlpError,
  readOtlp,
  type Span,
} from '@delivery/service-graph';
import { describeVariables } from '../config.ts';
import type { Console } from './console.ts';
import { SET_IMAGE_USAGE, setImageCommand } from './set-image.ts';

const VARIABLE_WIDTH = 31;

const USAGE = `promoter                      runs the controller, configured by its environment
promoter trace check FILE     reads OTLP as JSON (a request, or one in each line; - for standard input), draws the arrows of
                              Tempo's service graph and every trace, and exits with 1 where a span would be lost
${SET_IMAGE_USAGE}promoter --help               says this
`;

function help(): string {
  const variables = describeVariables().map(
    ({ name, meaning, byDefault }) =>
      `  ${name.padEnd(VARIABLE_WIDTH)} ${meaning}${byDefault === undefined ? '' : ` (default: ${byDefault})`}`,
  );
  const others = `  ${'OTEL_*'.padEnd(VARIABLE_WIDTH)} OpenTelemetry's own; without an exporter releases are recorded on the board only`;
  return [USAGE, 'Environment:', ...variables, others, ''].join('\n');
}

/** @returns the exit code; undefined when the arguments ask for the controller. */
export async function runCommand(args: readonly string[], console: Console): Promise<number | undefined> {
  if (args.length === 0) return undefined;
  const [noun, verb, file, ...rest] = args;
  if (noun === '--help' || noun === 'help') {
    console.out(help());
    return 0;
  }
  if (noun === 'set-image') return setImageCommand(args.slice(1), console);
  if (noun !== 'trace' || verb !== 'check' || file === undefined || rest.length > 0) {
    console.error(`promoter: "${args.join(' ')}" is no command\n\n${USAGE}`);
    return 2;
  }
  try {
    return check(file === '-' ? await console.readInput() : await readFile(file, 'utf8'), console);
  } catch (error) {
    if (!(error instanceof OtlpError) && !(error instanceof Error && 'code' in error)) throw error;
    console.error(`promoter trace check ${file}: ${error.message}\n`);
    return 2;
  }
}

function check(text: string, console: Console): number {
  const exports = readOtlp(text);
  const spans = exports.flatMap((each) => each.spans);
  const graph = drawServiceGraph(exports);
  console.out(`${describeServiceGraph(graph)}\n`);
  for (const trace of new Set(spans.map(({ traceId }) => traceId))) {
    const own = uniqueSpans(spans.filter(({ traceId }) => traceId === trace));
    console.out(`\nTrace ${trace}\n${describeWaterfall(own)}\n`);
    for (const { service, name, parentSpanId } of findMissingParents(own))
      console.out(
        `orphan: ${service ?? 'unknown service'}: ${name} names parent ${parentSpanId ?? 'none'}, which is not here\n`,
      );
  }
  return graph.losses.length > 0 || findMissingParents(spans).length > 0 ? 1 : 0;
}

const uniqueSpans = (spans: readonly Span[]): Span[] => [...new Map(spans.map((span) => [span.spanId, span])).values()];
