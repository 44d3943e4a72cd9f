// Mutations of a text that keep most of its structure, so that they get past the first check.
import * as fc from 'fast-check';
import { nastyTexts } from './nasty.ts';

/** What means something in YAML, JSON or a commit message. */
const TOKENS: readonly string[] = [
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\u0000',
  '---\n',
  '...\n',
  '%YAML 1.1\n---\n',
  '# ',
  ' # promoter: ghcr.io/acme/todo:tag',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary ',
  '!<tag:x> ',
  '? ',
  '- ',
  ': ',
  '|\n',
  '>-\n',
  '[',
  ']',
  '{',
  '}',
  "'",
  '"',
  '\\',
  ',',
  '@',
  '`',
  '"__proto__":1,',
  '__proto__: 1\n',
  'Promotion: a/b\n',
  'Image: ghcr.io/a/b:c@sha256:0\n',
  '[['.repeat(1_000),
  '{a: '.repeat(300),
  '- '.repeat(500),
  'a: &a [*a, *a]\n',
];

type Mutation = (text: string) => string;

const at = fc.double({ min: 0, max: 1, noNaN: true });
const token = fc.oneof(fc.constantFrom(...TOKENS), fc.constantFrom(...nastyTexts), fc.string({ maxLength: 8 }));
const index = (text: string, part: number): number => Math.floor(part * text.length);
const lineAt = (lines: readonly string[], part: number): number =>
  Math.min(lines.length - 1, Math.floor(part * lines.length));
const byLine =
  (edit: (lines: string[], line: number) => void, part: number): Mutation =>
  (text) => {
    const lines = text.split('\n');
    edit(lines, lineAt(lines, part));
    return lines.join('\n');
  };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  at.map(
    (end): Mutation =>
      (text) =>
        text.slice(0, index(text, end)),
  ),
  fc.tuple(at, token).map(([start, inserted]): Mutation => (text) => {
    const where = index(text, start);
    return text.slice(0, where) + inserted + text.slice(where);
  }),
  fc.tuple(at, fc.integer({ min: 1, max: 20 }), token).map(([start, length, inserted]): Mutation => (text) => {
    const where = index(text, start);
    return text.slice(0, where) + inserted + text.slice(where + length);
  }),
  at.map((part) => byLine((lines, line) => void lines.splice(line, 1), part)),
  at.map((part) => byLine((lines, line) => void lines.splice(line, 0, lines[line] ?? ''), part)),
  fc.tuple(at, token).map(([part, value]) =>
    byLine(
      (lines, line) =>
        void lines.splice(
          line,
          1,
          (lines[line] ?? '').replace(/[:=].*$/, () => `: ${value}`),
        ),
      part,
    ),
  ),
  fc
    .tuple(at, fc.integer({ min: 0, max: 6 }))
    .map(([part, indent]) =>
      byLine((lines, line) => void lines.splice(line, 1, ' '.repeat(indent) + (lines[line] ?? '').trimStart()), part),
    ),
  fc.constant((text: string) => text.replaceAll('\n', '\r\n')),
  fc.integer({ min: 2, max: 30 }).map(
    (times): Mutation =>
      (text) =>
        text.repeat(times).slice(0, 8_000),
  ),
);

export const mutateText = (originals: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...originals), fc.array(mutation, { maxLength: 4 }))
    .map(([original, mutations]) => mutations.reduce((text, mutate) => mutate(text), original));
