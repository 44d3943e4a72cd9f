// A few thousand mutated inputs of each kind; `npm run fuzz` runs a million.
import { expect, it } from 'vitest';
import { TARGETS } from '../fuzz/fuzz.ts';

/** The same every time: chance belongs into `npm run fuzz`. */
const SEED = 11;
const INPUTS = 5_000;

it.each(TARGETS)('$name: no crash, no hang, no forgery', async ({ share, run }) => {
  const inputs = INPUTS * share;
  expect((await run(inputs, SEED)).inputs).toBe(inputs);
});
