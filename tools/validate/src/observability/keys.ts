// The keys that a version of a server knows: keys/NAME-VERSION.txt.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

interface Key {
  /** Where the keys below it are; undefined where it has a value. */
  below: string | undefined;
  /** Anything may be below it. */
  isOpen: boolean;
  isExperimental: boolean;
}

/** By the path of a mapping, and the name of a key. */
export type Keys = ReadonlyMap<string, ReadonlyMap<string, Key>>;

/** `server: port tls=tls_config labels* wal!` */
export function parseKeys(text: string): Keys {
  const keys = new Map<string, Map<string, Key>>();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) {
    const [mapping = '', names = ''] = line.split(': ');
    const found = new Map<string, Key>();
    for (const [, name = '', reference, mark = ''] of names.matchAll(/([\w.-]+)(?:=([\w-]+))?([*!]?)/g)) {
      const below = reference === undefined ? (mapping === '' ? name : `${mapping}/${name}`) : `=${reference}`;
      found.set(name, { below, isOpen: mark === '*', isExperimental: mark === '!' });
    }
    keys.set(mapping, found);
  }
  return keys;
}

/** @returns undefined where the keys of that version were never listed. */
export async function readKeys(name: string, version: string): Promise<Keys | undefined> {
  const file = path.join(import.meta.dirname, `keys/${name}-${version}.txt`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseKeys(text);
}

/** A mapping: each key once, with what is below it, or a list of that. */
export interface Node {
  key: string;
  below: readonly Node[];
}

/** What is wrong with the keys of a file, each as a sentence. */
export function keyProblems(keys: Keys, nodes: readonly Node[], mapping = '', at = ''): string[] {
  const known = keys.get(mapping);
  return nodes.flatMap(({ key, below }) => {
    const where = at === '' ? key : `${at}.${key}`;
    const found = known?.get(key);
    if (!found) return [`${where} is no key of this version`];
    if (found.isExperimental) return [`${where} is experimental in this version`];
    if (found.isOpen || found.below === undefined || below.length === 0) return [];
    return keyProblems(keys, below, found.below, where);
  });
}

/** Of parsed YAML. */
export function nodesOf(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, child]) => ({ key, below: nodesOf(child) }));
}
