// A change that a check must refuse, and what it must say.

export interface Breakage {
  /** Part of the name of the check. */
  of: string;
  says: string;
  file: string;
  /** Undefined: the file is gone. */
  edit(text: string): string | undefined;
  finding: RegExp;
}

export function replace(from: string | RegExp, to: string): (text: string) => string {
  return (text) => text.replace(from, to);
}
