// YAML as a value that knows its places. Bounded in size, depth and aliases, so that no text of a person takes time or memory that it
// should not; whatever is wrong is a reason with its place, never an exception.
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Place } from './config-problem.ts';
import { describeSyntaxError, findDeepNesting, TOO_DEEP } from './yaml-syntax.ts';

export type Path = readonly PropertyKey[];

export interface YamlText {
  value: unknown;
  /** Of the node at `path`, or of the nearest one above it; of its key where `at` says so. */
  placeOf(path: Path, at?: 'key' | 'value'): Place | undefined;
}

export interface Unreadable {
  reason: string;
  place: Place | undefined;
}

const MAX_CHARACTERS = 512 * 1024;
const MAX_ALIASES = 100;
/** Nodes that all aliases of a text may stand for. */
const MAX_ALIASED_NODES = 10_000;
const MERGE_KEY = '<<';

export function readYaml(text: string): YamlText | Unreadable {
  if (text.length > MAX_CHARACTERS)
    return { reason: `has more than ${MAX_CHARACTERS} characters; split it`, place: undefined };
  const nestedAt = findDeepNesting(text);
  if (nestedAt !== undefined) return { reason: TOO_DEEP, place: placeIn(text, nestedAt) };
  try {
    return readBounded(text);
  } catch (error) {
    // The parser goes one call deeper with every level.
    if (error instanceof RangeError) return { reason: TOO_DEEP, place: undefined };
    throw error;
  }
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function readBounded(text: string): YamlText | Unreadable {
  const lines = new LineCounter();
  // Keys are compared below: the parser's own comparison takes the square of their number.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const syntax = document.errors[0];
  if (syntax) {
    const isTooDeep = syntax.code === 'RESOURCE_EXHAUSTION';
    return { reason: isTooDeep ? TOO_DEEP : describeSyntaxError(syntax), place: placeAt(syntax.pos[0]) };
  }
  const fault = findFault(document);
  if (fault) return { reason: fault.reason, place: fault.node.range ? placeAt(fault.node.range[0]) : undefined };
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    placeOf(path, at = 'value') {
      const node = (at === 'key' ? keyNode(document, path) : undefined) ?? nearestNode(document, path);
      return node?.range ? placeAt(node.range[0]) : undefined;
    },
  };
}

function nearestNode(document: Document, path: Path): Node | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node;
  }
  return undefined;
}

function keyNode(document: Document, path: Path): Node | undefined {
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
    : undefined;
  return isNode(pair?.key) ? pair.key : undefined;
}

interface Fault {
  reason: string;
  node: Node;
}

/** What the grammar allows and a promotion file may not hold. */
function findFault(document: Document): Fault | undefined {
  let fault: Fault | undefined;
  let aliases = 0;
  let aliased = 0;
  const sizes = new Map<Node, number>();
  visit(document, {
    Map(_key, map) {
      const repeated = repeatedKey(map.items.map(({ key }) => key));
      if (!repeated) return undefined;
      fault = { reason: `key ${repeated.text} is written twice`, node: repeated.node };
      return visit.BREAK;
    },
    Pair(_key, { key }) {
      if (isScalar(key) && key.value !== MERGE_KEY) return undefined;
      const reason = isScalar(key)
        ? `merge keys (${MERGE_KEY}) are not supported; write the fields out`
        : 'a key is a list, a mapping or an alias; write its text';
      if (isNode(key)) fault = { reason, node: key };
      return visit.BREAK;
    },
    Alias(_key, alias) {
      aliases += 1;
      const target = aliases > MAX_ALIASES ? undefined : alias.resolve(document);
      if (target) aliased += sizeOf(target, document, sizes);
      if (target && aliased <= MAX_ALIASED_NODES) return undefined;
      const isBomb = aliases > MAX_ALIASES || target !== undefined;
      const reason = isBomb
        ? `alias *${alias.source} repeats too much: the file's aliases stand for more than it may hold`
        : `alias *${alias.source} has no anchor &${alias.source} above it`;
      fault = { reason, node: alias };
      return visit.BREAK;
    },
  });
  return fault;
}

function repeatedKey(keys: readonly unknown[]): { text: string; node: Node } | undefined {
  const known = new Set<unknown>();
  for (const key of keys) {
    if (!isScalar(key)) continue;
    if (known.has(key.value)) return { text: String(key.value), node: key };
    known.add(key.value);
  }
  return undefined;
}

/** Nodes that a node stands for, those of its aliases included; endless for one that holds itself. */
function sizeOf(node: Node, document: Document, sizes: Map<Node, number>): number {
  const known = sizes.get(node);
  if (known !== undefined) return known;
  sizes.set(node, Number.POSITIVE_INFINITY);
  let size = 1;
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (target) size = sizeOf(target, document, sizes);
  } else if (isCollection(node)) {
    for (const item of node.items) {
      const parts = isNode(item) ? [item] : [(item as { key: unknown }).key, (item as { value: unknown }).value];
      for (const part of parts) if (isNode(part)) size += sizeOf(part, document, sizes);
    }
  }
  sizes.set(node, size);
  return size;
}
