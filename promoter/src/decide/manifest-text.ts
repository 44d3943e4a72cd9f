// A manifest as the documents of its text, within bounds; the parser's own faults are reasons with a line.
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { describeSyntaxError, findDeepNesting, TOO_DEEP } from './yaml-syntax.ts';

export class ManifestError extends Error {
  override name = 'ManifestError';
  /** From 1; undefined where the problem is the file itself. */
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

export interface ManifestText {
  text: string;
  documents: readonly Document.Parsed[];
  /** From 1. @param at a node of the documents. */
  lineOf(at: { range?: readonly [number, number, number] | null | undefined }): number | undefined;
}

/** @throws ManifestError with the line, where the text does not parse to its end. */
export function parseManifest(text: string): ManifestText {
  const nestedAt = findDeepNesting(text);
  if (nestedAt !== undefined) throw new ManifestError(TOO_DEEP, text.slice(0, nestedAt).split('\n').length);
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, logLevel: 'error' });
  if (!Array.isArray(documents)) throw new ManifestError('is empty');
  const syntax = documents.flatMap(({ errors }) => errors)[0];
  if (syntax) throw new ManifestError(describeSyntaxError(syntax), syntax.linePos?.[0].line);
  return {
    text,
    documents,
    lineOf: ({ range }) => (range ? lineCounter.linePos(range[0]).line : undefined),
  };
}

/** As kustomize and Helm read it. A key that is written twice there alone is no fault: `on` and `yes` are one to YAML 1.1. */
export function parseAsYaml11(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { version: '1.1', uniqueKeys: false, logLevel: 'error' });
  return Array.isArray(documents) ? documents : [];
}
