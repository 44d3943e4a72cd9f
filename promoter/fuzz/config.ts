import { z } from 'zod';

/** FUZZ_INPUTS says how many, FUZZ_SEED repeats a run. */
const Environment = z.object({
  FUZZ_INPUTS: z.coerce.number().int().min(1).default(1_000_000),
  FUZZ_SEED: z.coerce.number().int().min(0).optional(),
});

export interface FuzzConfig {
  inputs: number;
  seed: number;
}

export function readFuzzConfig(now: Date): FuzzConfig {
  const { FUZZ_INPUTS, FUZZ_SEED } = Environment.parse(process.env);
  return { inputs: FUZZ_INPUTS, seed: FUZZ_SEED ?? now.getTime() % 2 ** 31 };
}
