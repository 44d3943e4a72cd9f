// What our files rely on in third-party charts, recorded by chart and version: `contracts/charts.yaml` says how.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const CONTRACTS = 'tools/validate/contracts/charts.yaml';

const Contract = z.strictObject({
  version: z.string(),
  /** Values of ours that the names below rest on, by path. */
  restsOn: z.record(z.string(), z.unknown()).default({}),
  /** Kinds of its CRDs that we use, `group/Kind`. */
  kinds: z.array(z.string()).default([]),
  /** Name -> ports. */
  services: z.record(z.string(), z.array(z.number())).default({}),
  serviceAccounts: z.array(z.string()).default([]),
  /** ConfigMaps and Secrets of ours that it mounts, and where. Without a path it reads them through the API. */
  reads: z.record(z.string(), z.string()).default({}),
});
export type ChartContract = z.infer<typeof Contract>;

/** By the name of the chart. */
export async function readContracts(root: string): Promise<Map<string, ChartContract>> {
  const text = await readFile(path.join(root, CONTRACTS), 'utf8');
  return new Map(Object.entries(z.record(z.string(), Contract).parse(parse(text))));
}
