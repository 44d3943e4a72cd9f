import type { Breakage } from '../breakage.ts';

const language = 'no source, page or document has a word';
/** Examples are written in two parts: the check reads this file too. */
const join = (...parts: string[]): string => parts.join('');

export const LANGUAGE_BREAKAGES: readonly Breakage[] = [
  {
    of: language,
    says: 'a sentence of the old dialect',
    file: 'docs/example.md',
    edit: () => join('# Example\n\nThe promoter t', 'ells what it did.\n'),
    finding: /docs\/example\.md:3: "\w+": emit, record, report, export or say/,
  },
  {
    of: language,
    says: 'a name of the old dialect',
    file: 'todo/src/todos/example.ts',
    edit: () => join('export const l', 'andedMs = 1;\n'),
    finding: /todos\/example\.ts:1: "\w+": commit, committed or merged/,
  },
  {
    of: language,
    says: 'a file of the old dialect',
    file: join('observability/alloy/m', 'end.alloy'),
    edit: () => '// nothing\n',
    finding: /\.alloy: is named "\w+": fix/,
  },
  {
    of: language,
    says: 'two words that are one',
    file: 'terraform/platform/example.tf',
    edit: () => join('# A state that ca', 'n\n# not be read.\n'),
    finding: /example\.tf:1: ".*": cannot/,
  },
];
