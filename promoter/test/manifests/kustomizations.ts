// Kustomizations of the shapes that people's repositories have: order of keys, indentation, quotes, comments, line endings, what is missing.
import * as fc from 'fast-check';
import { digests, IMAGE, styles, tags, written } from './release.ts';

export interface Kustomization {
  text: string;
  /** What the container of the image is called before Kustomize renames it. */
  container: string;
}

const comments = fc.constantFrom(
  '',
  '',
  '',
  ' # by the promoter',
  ' # größe 😀',
  '  # {"$imagepolicy": "flux-system:todo:tag"}',
);
const olds = fc.record({
  newTag: fc.option(
    fc.tuple(tags, styles).map(([tag, style]) => written(tag, style)),
    { freq: 6 },
  ),
  digest: fc.option(
    fc.tuple(digests, styles).map(([digest, style]) => written(digest, style)),
    { nil: null },
  ),
});
const empties = fc.constantFrom('""', "''", '', '~', 'null');
const shape = fc.record({
  head: fc.constantFrom(
    '',
    '---\n',
    '# what dev runs\n',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
  ),
  old: olds,
  isEmpty: fc.boolean(),
  empty: empties,
  isRenamed: fc.boolean(),
  order: fc.shuffledSubarray(['name', 'newName', 'newTag', 'digest'], { minLength: 4 }),
  indent: fc.constantFrom('', '  ', '    '),
  dash: fc.constantFrom('- ', '-   '),
  key: fc.constantFrom('', '', '', "'", '"'),
  comments: fc.array(comments, { minLength: 4, maxLength: 4 }),
  blank: fc.boolean(),
  block: fc.constantFrom('', '', '', '>-', '|-', '|', '>'),
  isFlow: fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
  others: fc.constantFrom<[before: boolean, behind: boolean]>(
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ),
  namespace: fc.boolean(),
  patches: fc.boolean(),
  imagesFirst: fc.boolean(),
  newline: fc.constantFrom('\n', '\n', '\r\n'),
  bom: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  end: fc.constantFrom('\n', '\n', '', '\n\n', '\n# end\n'),
});
type Shape = typeof shape extends fc.Arbitrary<infer Value> ? Value : never;

/** The image's own entry as `key: value` texts. */
function fieldsOf({ old, isEmpty, empty, isRenamed, order }: Shape): [key: string, value: string][] {
  const values: Record<string, string | null> = {
    name: isRenamed ? 'todo' : IMAGE,
    newName: isRenamed ? IMAGE : null,
    newTag: isEmpty && old.newTag !== null ? empty : old.newTag,
    digest: isEmpty && old.digest !== null ? empty : old.digest,
  };
  return order.flatMap((key): [string, string][] => {
    const value = values[key];
    return value === undefined || value === null ? [] : [[key, value]];
  });
}

function ownEntry(shaped: Shape): string[] {
  const { indent, dash, key: quote, isFlow, block, blank } = shaped;
  const fields = fieldsOf(shaped);
  if (isFlow) {
    const pairs = fields.map(([key, value]) => `${quote}${key}${quote}: ${value === '' ? '""' : value}`);
    return [`${indent}${dash}{${pairs.join(', ')}}`];
  }
  const pad = indent + ' '.repeat(dash.length);
  const lines = fields.flatMap(([key, value], index) => {
    const comment = shaped.comments[index] ?? '';
    const isBlock = block !== '' && key === 'digest' && value.startsWith('sha256:');
    const own = isBlock
      ? [`${key}: ${block}${comment}`, `${pad}  ${value}`]
      : [`${quote}${key}${quote}: ${value}${comment}`];
    return [
      ...own.map((line, at) => (at > 0 ? line : (index === 0 ? indent + dash : pad) + line)),
      ...(blank && index === 0 ? [''] : []),
    ];
  });
  return lines;
}

function textOf(shaped: Shape): string {
  const {
    indent,
    dash,
    others: [before, behind],
    newline,
  } = shaped;
  const pad = indent + ' '.repeat(dash.length);
  const images = [
    'images:',
    ...(before ? [`${indent}# the database`, `${indent}${dash}name: postgres`, `${pad}newTag: "17.1"`] : []),
    ...ownEntry(shaped),
    ...(behind ? [`${indent}${dash}name: nginx`, `${pad}newTag: 'v9'`, `${pad}newName: quay.io/acme/nginx`] : []),
  ];
  const resources = ['resources:', '- deployment.yaml'];
  const lines = [
    ...(shaped.imagesFirst ? [...images, '', ...resources] : [...resources, '', ...images]),
    ...(shaped.namespace ? ['namespace: todo-dev'] : []),
    ...(shaped.patches
      ? [
          'patches:',
          '- target: { kind: Deployment }',
          '  patch: |-',
          '    - op: add',
          '      path: /metadata/labels',
          '',
          '      value: { a: b }',
        ]
      : []),
  ];
  const text = shaped.head + lines.join('\n') + shaped.end;
  return (shaped.bom ? '\uFEFF' : '') + text.replaceAll('\n', newline);
}

export const kustomizations: fc.Arbitrary<Kustomization> = shape.map((shaped) => ({
  text: textOf(shaped),
  container: shaped.isRenamed ? 'todo' : IMAGE,
}));

/** The images that a Deployment of these three containers gets by such a kustomization, but for the image itself. */
export const otherImages = (text: string): string[] => [
  text.includes('name: postgres') ? 'postgres:17.1' : 'postgres:16',
  text.includes('name: nginx') ? 'quay.io/acme/nginx:v9' : 'nginx:1',
];
