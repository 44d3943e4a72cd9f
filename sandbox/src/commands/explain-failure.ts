import type { Sandbox } from '../assemble/start-sandbox.ts';
import { advise } from './advise.ts';
import { StageError } from './follow-release.ts';

const SHOWN_LINES = 15;

/** Describes what failed, in which stage, what to do, and what the promoter logged last. */
export function explainFailure(error: unknown, sandbox: Sandbox | undefined): string {
  const failure = `${error instanceof StageError ? 'Failed in stage' : 'Failed:'} ${advise(error)}`;
  if (!sandbox) return failure;
  const lines = sandbox.promoter
    .lastLines(200)
    .filter((line) => !line.includes('"level":"debug"'))
    .slice(-SHOWN_LINES);
  if (lines.length === 0) return failure;
  return `${failure}\n\nThe promoter's last log lines (all of them are in ${sandbox.logDirectory}):\n${lines.join('\n')}`;
}
