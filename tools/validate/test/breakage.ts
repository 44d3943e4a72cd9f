// What is wrong, where, and what the check must say of it.

export interface Breakage {
  /** Part of the check's name. */
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
