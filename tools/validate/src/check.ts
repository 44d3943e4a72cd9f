// One thing that must hold of the repository, and what was found where it does not.

export interface Finding {
  /** File, or file and line or object. */
  where: string;
  /** What is wrong, and what would be right. */
  what: string;
}

export interface Verdict {
  /** How much was looked at: `14 renders`. A check that looked at nothing has failed. */
  looked: string;
  findings: Finding[];
}

export interface Check {
  /** A sentence that is true of a repository that passes. */
  name: string;
  /** Commands that it can not do without; of alternatives one is enough: `kustomize|kubectl`. */
  needs?: readonly string[];
  /** @param root of the repository. */
  run(root: string): Promise<Verdict>;
}
