// Values files of the shapes that people's charts have, and where the image stands in them.
import * as fc from 'fast-check';
import { digests, IMAGE, styles, tags, written } from './release.ts';

export interface ValuesFile {
  text: string;
  path: string;
}

const shape = fc.record({
  kind: fc.constantFrom('repository', 'registry', 'tag alone', 'reference', 'missing tag'),
  tag: fc.tuple(tags, styles).map(([tag, style]) => written(tag, style)),
  digest: fc.option(
    fc.tuple(digests, styles).map(([digest, style]) => written(digest, style)),
    { freq: 2 },
  ),
  isEmpty: fc.boolean(),
  step: fc.constantFrom('  ', '    '),
  comment: fc.constantFrom('', '', ' # overrides the chart', ' # größe 😀'),
  isFlow: fc.boolean(),
  isListed: fc.boolean(),
  more: fc.boolean(),
  newline: fc.constantFrom('\n', '\n', '\r\n'),
  end: fc.constantFrom('\n', '\n', '', '\n\n# end\n'),
});
type Shape = typeof shape extends fc.Arbitrary<infer Value> ? Value : never;

const bare = (text: string): string => text.replaceAll(/["']/g, '');

function pairsOf({ kind, tag, digest, isEmpty }: Shape): [string, string][] {
  const said: [string, string][] = [
    ['tag', isEmpty ? '""' : tag],
    ...(digest === null ? [] : [['digest', isEmpty ? "''" : digest] as [string, string]]),
  ];
  if (kind === 'tag alone') return said;
  if (kind === 'registry') return [['registry', 'ghcr.io'], ['repository', 'acme/todo'], ...said];
  const own: [string, string][] = [
    ['repository', IMAGE],
    ['pullPolicy', 'IfNotPresent'],
  ];
  return kind === 'missing tag' ? [...own, ...said.slice(1)] : [...own, ...said];
}

function textOf(shaped: Shape): string {
  const { kind, step, comment, isFlow, isListed, more } = shaped;
  const above = isListed ? ['web:', `${step}containers:`, `${step}- name: web`] : ['web:', `${step}replicas: 2`];
  const pad = step + (isListed ? '  ' : '');
  const reference = `"${IMAGE}:${bare(shaped.tag)}${shaped.digest === null ? '' : `@${bare(shaped.digest)}`}"`;
  const pairs = pairsOf(shaped);
  const image =
    kind === 'reference'
      ? [`${pad}image: ${reference}${comment}`]
      : isFlow
        ? [`${pad}image: { ${pairs.map((pair) => pair.join(': ')).join(', ')} }${comment}`]
        : [`${pad}image:${comment}`, ...pairs.map(([key, value]) => `${pad}${step}${key}: ${value}${comment}`)];
  const lines = [
    '# values of dev',
    ...above,
    ...image,
    ...(more ? [`${pad}ports: [80]`, 'sidecar:', `${step}image: { repository: nginx, tag: '1.10' }`] : []),
  ];
  return (lines.join('\n') + shaped.end).replaceAll('\n', shaped.newline);
}

export const valuesFiles: fc.Arbitrary<ValuesFile> = shape.map((shaped) => ({
  text: textOf(shaped),
  path: shaped.isListed ? 'web.containers[0].image' : 'web.image',
}));
