// Reads and writes an image's tag and digest in a manifest. An edit replaces scalars and nothing else: every other byte
// stays, be it comment, blank line, anchor, quote or line ending.
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Scalar, stringify, type YAMLMap } from 'yaml';
import type { ManifestImage } from './promotion.ts';
import { describeSyntaxError, findDeepNesting, TOO_DEEP } from './yaml-syntax.ts';

export interface ImageFields {
  tag: string;
  /** Empty: the manifest has none. */
  digest: string;
}

export class ManifestError extends Error {
  override name = 'ManifestError';
  /** From 1; undefined where the problem is the file itself. */
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

interface Found {
  tag: Scalar;
  digest: Scalar;
}

const MARKER = /promoter:\s*(\S+?)(?::(tag|digest))?\s*$/;

/** Kustomize's `images:` entry of that name, or scalars marked `# promoter: IMAGE:tag` and `# promoter: IMAGE:digest`. */
function find(text: string, image: string): Found {
  const nestedAt = findDeepNesting(text);
  if (nestedAt !== undefined) throw new ManifestError(TOO_DEEP, text.slice(0, nestedAt).split('\n').length);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  if (!Array.isArray(documents)) throw new ManifestError('is empty');
  // Whatever stands where: a file is edited that parses to its end.
  const syntax = documents.flatMap(({ errors }) => errors)[0];
  if (syntax) throw new ManifestError(describeSyntaxError(syntax), syntax.linePos?.[0].line);
  const marked: Partial<Found> = {};
  for (const document of documents) {
    const root = document.contents;
    if (!isMap(root)) continue;
    const images = root.get('images', true);
    const entry = isSeq(images)
      ? images.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === image)
      : undefined;
    if (entry) return kustomizeEntry(entry, image, lines);
    collectMarked(root, image, marked);
  }
  const { tag, digest } = marked;
  if (tag && digest) return { tag, digest };
  const half = tag ? 'digest' : digest ? 'tag' : undefined;
  if (half)
    throw new ManifestError(`marks no ${half} of ${image}; add the comment "# promoter: ${image}:${half}" to its line`);
  throw new ManifestError(`has no images: entry named ${image} and no scalar marked "# promoter: ${image}:tag"`);
}

function kustomizeEntry(entry: YAMLMap, image: string, lines: LineCounter): Found {
  const line = entry.range ? lines.linePos(entry.range[0]).line : undefined;
  const scalar = (key: string): Scalar => {
    const node = entry.get(key, true);
    if (!isScalar(node) || !node.range)
      throw new ManifestError(`images: entry ${image} has no ${key}; add ${key}: ""`, line);
    return node;
  };
  return { tag: scalar('newTag'), digest: scalar('digest') };
}

function collectMarked(node: unknown, image: string, found: Partial<Found>): void {
  if (isScalar(node)) {
    const match = node.comment ? MARKER.exec(node.comment) : null;
    if (match?.[1] === image && match[2]) found[match[2] as keyof Found] = node;
  } else if (isMap(node)) {
    for (const pair of node.items) collectMarked(pair.value, image, found);
  } else if (isSeq(node)) {
    for (const item of node.items) collectMarked(item, image, found);
  }
}

/** Empty for a key without a value. */
const textOf = ({ source = '' }: Scalar): string => source.trim();

/** @throws ManifestError with the line, when the file does not parse or does not hold the image. */
export function readImage(text: string, image: string): ImageFields {
  const { tag, digest } = find(text, image);
  return { tag: textOf(tag), digest: textOf(digest) };
}

/** What a file says of an image, as a value; undefined is a file that is not there. */
export function describeManifest(text: string | undefined, image: string): ManifestImage {
  if (text === undefined) return { problem: 'there is no such file', line: undefined };
  try {
    return readImage(text, image);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { problem: error.message, line: error.line };
  }
}

/** A scalar in the style it had; quoted where plain text would be read as a number or another type. */
function write(scalar: Scalar, value: string): string {
  if (scalar.type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  if (scalar.type === 'QUOTE_DOUBLE') return JSON.stringify(value);
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

/** @throws ManifestError as `readImage` does. */
export function setImage(text: string, image: string, fields: ImageFields): string {
  const { tag, digest } = find(text, image);
  const edits: [Scalar, string][] = [
    [tag, fields.tag],
    [digest, fields.digest],
  ];
  const starts = (scalar: Scalar): number => scalar.range?.[0] ?? 0;
  let edited = text;
  for (const [scalar, value] of edits.sort(([one], [other]) => starts(other) - starts(one))) {
    let [start = 0, end = 0] = scalar.range ?? [];
    // A key without a value has an empty range, behind its spaces: the value goes between the colon and them.
    const isEmpty = start === end;
    if (isEmpty) {
      start = edited.slice(0, start).trimEnd().length;
      end = start;
    }
    // A block scalar reaches to the next line that is not its own: the line breaks behind its text stay.
    const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
    if (isBlock) end = start + edited.slice(start, end).trimEnd().length;
    edited = edited.slice(0, start) + (isEmpty ? ' ' : '') + write(scalar, value) + edited.slice(end);
  }
  return edited;
}
