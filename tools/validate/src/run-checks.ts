import type { Check } from './check.ts';
import { findOneOf } from './run-tool.ts';

export interface RunOptions {
  /** Whether checkers may be missing. */
  mayLack: boolean;
  print(line: string): void;
}

/** @returns whether everything holds. */
export async function runChecks(
  checks: readonly Check[],
  root: string,
  { mayLack, print }: RunOptions,
): Promise<boolean> {
  let failed = 0;
  let lacking = 0;
  for (const check of checks) {
    const missing: string[] = [];
    for (const tool of check.needs ?? []) if (!(await findOneOf(tool))) missing.push(tool.replaceAll('|', ' or '));
    if (missing.length > 0) {
      lacking += 1;
      print(`lacks  ${check.name}: ${missing.join(', ')} is not installed (.ci/install-checkers does it)`);
      continue;
    }
    const started = performance.now();
    try {
      const { looked, findings } = await check.run(root);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (findings.length > 0) failed += 1;
      print(`${findings.length > 0 ? 'FAILS' : 'ok   '}  ${check.name} (${looked}, ${seconds} s)`);
      for (const { where, what } of findings) print(`         ${where}: ${what}`);
    } catch (error) {
      failed += 1;
      print(`FAILS  ${check.name}`);
      print(`         ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const ran = checks.length - lacking;
  print(`\n${ran - failed} of ${ran} checks hold${lacking > 0 ? `, ${lacking} could not run` : ''}`);
  return checks.length > 0 && failed === 0 && (mayLack || lacking === 0);
}
