// `npm run fuzz`: a million mutated inputs; promoter/fuzz/README.md.
import { readFuzzConfig } from './config.ts';
import { TARGETS } from './fuzz.ts';

const { inputs, seed } = readFuzzConfig(new Date());
const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`seed ${seed}, ${inputs} inputs; FUZZ_SEED and FUZZ_INPUTS set them`);
let done = 0;
for (const { name, share, run } of TARGETS) {
  const result = await run(Math.max(1, Math.round(inputs * share)), seed);
  done += result.inputs;
  const { slowest, ms } = result;
  print(`${name}: ${result.inputs} inputs in ${(ms / 1_000).toFixed(1)} s, slowest ${slowest.ms.toFixed(1)} ms`);
  print(`  ${slowest.input}`);
}
print(`${done} inputs, none of them a crash, a hang or a forgery`);
