// The edit as splices of a text: what is replaced, and what is inserted. No splice touches a byte that is not the image's.
import { isCollection, isMap, isNode, isScalar, Scalar, type YAMLMap } from 'yaml';
import { isMissing, type MissingKey } from './image-place.ts';
import { writeScalar } from './write-scalar.ts';

export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** A place, and what it has to say. */
export interface NewText {
  at: Scalar | MissingKey;
  text: string;
}

export function planSplices(text: string, changes: readonly NewText[]): Splice[] {
  const replaced = changes.flatMap(({ at, text: value }) => (isMissing(at) ? [] : replaceScalar(text, at, value)));
  // Keys that are missing in one mapping are inserted in one place, in their order.
  const inserted = changes.flatMap(({ at, text: value }) => (isMissing(at) ? [insertKey(text, at, value)] : []));
  return [...replaced, ...inserted];
}

export function applySplices(text: string, splices: readonly Splice[]): string {
  let applied = '';
  let from = 0;
  // Sorting is stable: what begins at one place stays in its order.
  for (const { start, end, text: value } of splices.toSorted((one, other) => one.start - other.start)) {
    applied += text.slice(from, start) + value;
    from = end;
  }
  return applied + text.slice(from);
}

function replaceScalar(text: string, scalar: Scalar, value: string): Splice[] {
  const [start, end] = scalar.range ?? [0, 0];
  const written = writeScalar(scalar.type, value);
  // A key without a value has an empty range, behind its spaces: the value goes between the colon and them.
  if (start === end) {
    const behind = text.slice(0, start).trimEnd().length;
    return [{ start: behind, end: behind, text: ` ${written}` }];
  }
  if (scalar.type !== Scalar.BLOCK_LITERAL && scalar.type !== Scalar.BLOCK_FOLDED)
    return [{ start, end, text: written }];
  // Of a block scalar the comment behind its header stays, and the blank lines behind its text.
  const [header = ''] = /^[|>][-+\d]*/.exec(text.slice(start, end)) ?? [];
  const headerEnd = lineEnd(text, start);
  const textEnd = Math.max(headerEnd, start + text.slice(start, end).trimEnd().length);
  return [
    { start, end: start + header.length, text: written },
    { start: headerEnd, end: textEnd, text: '' },
  ];
}

/** Where the line of an offset ends, before its line break. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline === -1) return text.length;
  return text[newline - 1] === '\r' && newline > offset ? newline - 1 : newline;
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Behind the mapping's last key, in its indentation and line ending, and in the quotes of that key and its value. */
function insertKey(text: string, { map, key }: MissingKey, value: string): Splice {
  const last = map.items.at(-1);
  const end = last ? endOf(text, last) : (map.range?.[0] ?? 0) + 1;
  const pair = `${styled(last?.key, key)}: ${styled(map.flow && last ? last.value : undefined, value)}`;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (!map.flow) {
    const at = lineEnd(text, end);
    return { start: at, end: at, text: `${newline}${indentOf(text, map)}${pair}` };
  }
  if (!last) return { start: end, end, text: pair };
  const lastKey = isNode(last.key) ? (last.key.range?.[0] ?? end) : end;
  const before = text.slice(lineStart(text, lastKey), lastKey);
  // In a flow mapping of many lines each key has a line.
  const between =
    before.trim() === '' && lineStart(text, lastKey) > (map.range?.[0] ?? 0) ? `${newline}${before}` : ' ';
  return { start: end, end, text: `,${between}${pair}` };
}

const styled = (like: unknown, value: string): string =>
  writeScalar(
    isScalar(like) && (like.type === 'QUOTE_DOUBLE' || like.type === 'QUOTE_SINGLE') ? like.type : 'PLAIN',
    value,
  );

/** The columns before the mapping's keys, the first of which may stand behind a dash. */
function indentOf(text: string, { items: [first], range }: YAMLMap): string {
  const at = first && isNode(first.key) ? (first.key.range?.[0] ?? 0) : (range?.[0] ?? 0);
  return ' '.repeat(text.slice(lineStart(text, at), at).replace(/^\uFEFF/, '').length);
}

/** Where the last byte of a pair stands, without the comments and blank lines behind it. */
function endOf(text: string, { key, value }: { key: unknown; value: unknown }): number {
  const node = isNode(value) ? value : key;
  if (isCollection(node) && !node.flow && node.items.length > 0) {
    const last: unknown = node.items.at(-1);
    if (isMap(node)) return endOf(text, node.items.at(-1) ?? { key, value });
    return endOf(text, { key: last, value: last });
  }
  const [start, end] = isNode(node) ? (node.range ?? [0, 0]) : [0, 0];
  return text.slice(0, Math.max(start, end)).trimEnd().length;
}
