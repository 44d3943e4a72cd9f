// A place of an image: one scalar of a manifest, or a key that is missing, and what of the image it holds.
import { type Alias, isAlias, type Node, type Scalar, type YAMLMap } from 'yaml';
import { ManifestError, type ManifestText } from './manifest-text.ts';

export interface ImageFields {
  tag: string;
  /** Empty: the manifest has none. */
  digest: string;
}

/** `tag@digest`: both in one scalar, for what knows a tag alone. `reference`: the image's name, tag and digest. */
export type Holds = 'tag' | 'digest' | 'tag@digest' | 'reference';

export interface Place {
  holds: Holds;
  /** What people call it: `newTag of images: entry todo`. */
  label: string;
  at: Scalar | MissingKey;
  /** Aliases on the way to it. */
  through: readonly Alias[];
}

/** A key that an edit has to add, behind the last one of its mapping. */
export interface MissingKey {
  map: YAMLMap;
  key: string;
}

export const isMissing = (at: Place['at']): at is MissingKey => 'map' in at;

/** A node, and the aliases that were followed to it. */
export interface Followed {
  node: unknown;
  through: readonly Alias[];
}

/** What aliases stand for, however many stand between. @throws ManifestError where one stands for nothing. */
export function followAliases({ documents, lineOf }: ManifestText, node: unknown, document: number): Followed {
  const through: Alias[] = [];
  let found = node;
  while (isAlias(found)) {
    const alias: Alias = found;
    const doc = documents[document];
    const target: Node | undefined = doc && alias.resolve(doc);
    if (!target || through.includes(alias))
      throw new ManifestError(`alias *${alias.source} has no anchor &${alias.source} above it`, lineOf(alias));
    through.push(alias);
    found = target;
  }
  return { node: found, through };
}

/** A plain key without a value, `~` and `null` are empty; a number is what is written: 1.10, not 1.1. */
export const textOf = ({ value, source = '' }: Scalar): string => (value === null ? '' : source.trim());

/** `name:tag@digest`, of which tag and digest may be missing. The name may have a port. */
export function parseReference(text: string): ImageFields & { name: string } {
  const [named = '', digest = ''] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return { name: hasTag ? named.slice(0, colon) : named, tag: hasTag ? named.slice(colon + 1) : '', digest };
}

/** What a place says; a field is undefined where the place does not hold it. */
export function readPlace({ holds, at }: Place): Partial<ImageFields> {
  const text = isMissing(at) ? '' : textOf(at);
  if (holds === 'tag') return { tag: text };
  if (holds === 'digest') return { digest: text };
  const { tag, digest } = parseReference(holds === 'reference' ? text : `:${text}`);
  return { tag, digest };
}

/** What a place has to say. */
export function textFor(holds: Holds, image: string, { tag, digest }: ImageFields): string {
  if (holds === 'tag') return tag;
  if (holds === 'digest') return digest;
  const both = digest === '' ? tag : `${tag}@${digest}`;
  if (holds === 'tag@digest') return both;
  return tag === '' ? [image, digest].filter(Boolean).join('@') : `${image}:${both}`;
}
