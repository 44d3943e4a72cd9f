// Runs inputs against one target: none may throw, and none may take longer than the limit.
import { performance } from 'node:perf_hooks';
import * as fc from 'fast-check';

export interface Target<Input> {
  name: string;
  /** Of all inputs. */
  share: number;
  inputs: fc.Arbitrary<Input>;
  /** Throws where an input does what it must not. */
  run(input: Input): void | Promise<void>;
}

export interface Slowest {
  ms: number;
  input: string;
}

export interface TargetResult {
  name: string;
  inputs: number;
  ms: number;
  slowest: Slowest;
}

const LIMIT_MS = 100;
/** fast-check keeps what it needs to repeat a run: a batch bounds that. */
const BATCH = 10_000;
const SHOWN = 160;

interface Duration {
  ms: number;
  /** Of it, what this thread was at work: other processes and a waiting machine are no hang. */
  busyMs: number;
}

async function timed(run: () => void | Promise<void>): Promise<Duration> {
  const before = process.threadCpuUsage();
  const startedAt = performance.now();
  await run();
  const ms = performance.now() - startedAt;
  const { user, system } = process.threadCpuUsage(before);
  return { ms, busyMs: Math.min(ms, (user + system) / 1_000) };
}

/** @throws with the smallest input that does what it must not, and the seed that repeats it. */
export async function runTarget<Input>(target: Target<Input>, inputs: number, seed: number): Promise<TargetResult> {
  const startedAt = performance.now();
  let slowest: Slowest = { ms: 0, input: '' };
  const property = fc.asyncProperty(target.inputs, async (input) => {
    let took = await timed(() => target.run(input));
    // Once may be the machine; what hangs does so again.
    if (took.ms > LIMIT_MS) took = await timed(() => target.run(input));
    if (took.busyMs > slowest.ms) slowest = { ms: took.busyMs, input: fc.stringify(input).slice(0, SHOWN) };
    if (took.busyMs > LIMIT_MS) throw new Error(`${target.name}: an input took ${took.busyMs.toFixed(0)} ms twice`);
  });
  for (let done = 0; done < inputs; done += BATCH) {
    await fc.assert(property, { numRuns: Math.min(BATCH, inputs - done), seed: seed + done });
  }
  return { name: target.name, inputs, ms: performance.now() - startedAt, slowest };
}
