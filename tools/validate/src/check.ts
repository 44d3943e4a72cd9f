// Something that must be true of the repository, and the findings where it is not.

export interface Finding {
  /** A file, a file and line, or an object. */
  where: string;
  /** What is wrong, and what would be right. */
  what: string;
}

export interface Verdict {
  /** How much was looked at, such as `14 renders`. */
  looked: string;
  findings: Finding[];
}

export interface Check {
  /** A sentence that is true of a repository that passes. */
  name: string;
  /** Commands that it needs. Of alternatives, `kustomize|kubectl`, one is enough. */
  needs?: readonly string[];
  /** @param root of the repository. */
  run(root: string): Promise<Verdict>;
}
