/** Where in a file, both from 1. */
export interface Place {
  line: number;
  column: number;
}

/** What is wrong with a promotion file or a manifest, and what it stops. */
export interface ConfigProblem {
  file: string;
  /** From 1; undefined where the problem is the file itself. */
  line: number | undefined;
  column: number | undefined;
  reason: string;
  /** Undefined where the problem stops every pipeline of the file. */
  pipeline: string | undefined;
  /** A freeze that is not understood freezes everything of all files, until then or until it is corrected. */
  freezesAll: { until: string | undefined } | undefined;
}

/** `file:line:column`, as far as known. */
export function whereIs({
  file,
  line,
  column,
}: { file: string } & Partial<Pick<ConfigProblem, 'line' | 'column'>>): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** @param place undefined where the problem is the file itself. */
export const problemAt = (
  place: Place | undefined,
  problem: Omit<ConfigProblem, 'line' | 'column'>,
): ConfigProblem => ({ ...problem, line: place?.line, column: place?.column });
