// Scalars of any YAML file that a comment on their line marks: `# promoter: IMAGE:tag`, `IMAGE:digest`, or `IMAGE` for all of it.
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { followAliases, type Holds, parseReference, type Place, textOf } from './image-place.ts';
import { ManifestError, type ManifestText } from './manifest-text.ts';

const MARKER = /promoter:\s*(\S+?)(?::(tag|digest))?\s*$/;
/** What may stand between a value and the comment of its line. */
const COMMENT = /[ \t]*,?[ \t]+#(.*)/y;
const BLOCK_HEADER = /[|>][-+\d]*/y;

export function findMarkedPlaces(manifest: ManifestText, image: string): Place[] {
  return manifest.documents.flatMap(({ contents }, document) =>
    leavesOf(contents).flatMap((leaf): Place[] => {
      const [, marked, part] = MARKER.exec(commentOf(manifest.text, leaf)) ?? [];
      if (marked !== image) return [];
      const { node, through } = followAliases(manifest, leaf, document);
      if (!isScalar(node)) throw new ManifestError(`marks no text with ${image}`, manifest.lineOf(leaf));
      return [{ holds: holdsOf(part, node, image, manifest), label: labelOf(image, part), at: node, through }];
    }),
  );
}

const labelOf = (image: string, part: string | undefined): string =>
  `what is marked "# promoter: ${part === undefined ? image : `${image}:${part}`}"`;

function holdsOf(part: string | undefined, node: Scalar, image: string, { lineOf }: ManifestText): Holds {
  const text = textOf(node);
  if (part === 'digest') return 'digest';
  // A chart without a digest value takes both in the tag.
  if (part === 'tag') return text.includes('@') ? 'tag@digest' : 'tag';
  const { name } = parseReference(text);
  if (text !== '' && name !== image)
    throw new ManifestError(
      `marks ${name} as ${image}; the comment "# promoter: IMAGE" is for a whole reference`,
      lineOf(node),
    );
  return 'reference';
}

/** Scalars and aliases that are values, in the order of the text. */
function leavesOf(node: unknown): Node[] {
  if (isScalar(node) || isAlias(node)) return [node];
  if (isMap(node)) return node.items.flatMap(({ value }) => leavesOf(value));
  return isSeq(node) ? node.items.flatMap(leavesOf) : [];
}

/** Of the line on which a value ends, or on which a block scalar begins. */
function commentOf(text: string, { range }: Node): string {
  if (!range) return '';
  const [start, end] = range;
  BLOCK_HEADER.lastIndex = start;
  const isBlock = BLOCK_HEADER.test(text);
  // What is empty ends behind its spaces, or with its line.
  COMMENT.lastIndex = isBlock ? BLOCK_HEADER.lastIndex : start === end ? text.slice(0, start).trimEnd().length : end;
  return COMMENT.exec(text)?.[1] ?? '';
}
