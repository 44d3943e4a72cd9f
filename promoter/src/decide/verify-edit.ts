// What was written is read again before anybody gets it: by YAML 1.2, and by YAML 1.1, which kustomize and Helm read. Exactly the image's
// fields are different, and they are text.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { isMissing, type Place } from './image-place.ts';
import { ManifestError, type ManifestText, parseAsYaml11, parseManifest } from './manifest-text.ts';

/** What a place has to say, as it was planned. */
export interface Planned {
  place: Place;
  text: string;
}

/** @throws ManifestError with the line of what would be another value. */
export function verifyEdit(before: ManifestText, edited: string, planned: readonly Planned[]): void {
  refuseShared(before, planned);
  const expected = new Map<number, string>();
  const added = new Map<number, { key: string; text: string }[]>();
  for (const { place, text } of planned) {
    const { at } = place;
    const offset = (isMissing(at) ? at.map.range?.[0] : at.range?.[0]) ?? 0;
    if (isMissing(at)) added.set(offset, [...(added.get(offset) ?? []), { key: at.key, text }]);
    else expected.set(offset, text);
  }
  for (const documents of [reparse(edited), parseAsYaml11(edited)]) {
    const different =
      documents.length === before.documents.length
        ? documents.map(({ contents }, index) =>
            firstDifference(before.documents[index]?.contents, contents, { expected, added }),
          )
        : [{ node: undefined }];
    const found = different.find((one) => one !== undefined);
    if (found)
      throw new ManifestError(
        'cannot be edited without changing more than the image; write its tag and digest as plain text, a key a line',
        found.node && before.lineOf(found.node),
      );
  }
}

function reparse(edited: string): ManifestText['documents'] {
  try {
    return parseManifest(edited).documents;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ManifestError(
      `would not parse after the edit (${error.message}); write tag and digest of the image as plain text, a key a line`,
      error.line,
    );
  }
}

interface Allowed {
  /** By the offset of the scalar in the text before the edit. */
  expected: ReadonlyMap<number, string>;
  /** By the offset of the mapping. */
  added: ReadonlyMap<number, readonly { key: string; text: string }[]>;
}

interface Difference {
  node: Node | undefined;
}

/** Scalars that are none of the image's are compared as they are written: equal bytes are equal values. */
function firstDifference(before: unknown, after: unknown, allowed: Allowed): Difference | undefined {
  if (isScalar(before) && isScalar(after) && before.anchor === after.anchor) {
    const text = allowed.expected.get(before.range?.[0] ?? -1);
    const isRight =
      text === undefined
        ? before.source === after.source && before.type === after.type && before.tag === after.tag
        : after.value === text || (text === '' && after.value === null);
    return isRight ? undefined : { node: before };
  }
  if (isAlias(before) && isAlias(after)) return before.source === after.source ? undefined : { node: before };
  if (isSeq(before) && isSeq(after) && before.anchor === after.anchor && before.items.length === after.items.length)
    return firstOf(before.items, (item, index) => firstDifference(item, after.items[index], allowed));
  if (isMap(before) && isMap(after) && before.anchor === after.anchor) {
    const more = allowed.added.get(before.range?.[0] ?? -1) ?? [];
    if (after.items.length !== before.items.length + more.length) return { node: before };
    const behind = after.items.slice(before.items.length);
    if (!more.every(({ key, text }, index) => isPairOf(behind[index], key, text))) return { node: before };
    return firstOf(before.items, ({ key, value }, index) => {
      const pair = after.items[index];
      return firstDifference(key, pair?.key, allowed) ?? firstDifference(value, pair?.value, allowed);
    });
  }
  return before === after ? undefined : { node: undefined };
}

function firstOf<Item>(
  items: readonly Item[],
  compare: (item: Item, index: number) => Difference | undefined,
): Difference | undefined {
  for (const [index, item] of items.entries()) {
    const difference = compare(item, index);
    if (difference) return difference;
  }
  return undefined;
}

const isPairOf = (pair: Pair | undefined, key: string, text: string): boolean =>
  isScalar(pair?.key) && pair.key.value === key && isScalar(pair.value) && pair.value.value === text;

/** Whatever else an anchor stands for would change with the image: every alias of what is edited has to be a place itself. */
function refuseShared({ documents, lineOf }: ManifestText, planned: readonly Planned[]): void {
  const edited = new Set<Node>(planned.map(({ place: { at } }) => (isMissing(at) ? at.map : at)));
  const known = new Set<Node>(planned.flatMap(({ place }) => place.through));
  for (const { contents } of documents) {
    const anchors = new Map<string, boolean>();
    const holdsEdited = (node: unknown): boolean => {
      if (isAlias(node)) {
        if (anchors.get(node.source) !== true || known.has(node)) return false;
        throw new ManifestError(
          `uses the image's anchor as *${node.source}, which an edit would change too; write the value itself there`,
          lineOf(node),
        );
      }
      let holds = edited.has(node as Node);
      if (isMap(node))
        for (const { key, value } of node.items) for (const part of [key, value]) if (holdsEdited(part)) holds = true;
      if (isSeq(node)) for (const item of node.items) if (holdsEdited(item)) holds = true;
      const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
      if (anchor) anchors.set(anchor, holds);
      return holds;
    };
    holdsEdited(contents);
  }
}
