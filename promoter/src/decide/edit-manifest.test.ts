import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readImage, setImage } from './edit-manifest.ts';
import { ManifestError } from './manifest-text.ts';

const IMAGE = 'ghcr.io/acme/todo';
const DIGEST = `sha256:${'ab'.repeat(32)}`;

const nasty = [
  '# a comment at the top',
  'apiVersion: kustomize.config.k8s.io/v1beta1',
  'kind:   Kustomization',
  '',
  'x-anchor: &tag "1.0"   # an anchor',
  'images:',
  '    # odd indent',
  `    - {name: other/image, newTag: '1.10'}`,
  '    -   digest:   sha256:old   # pinned',
  `        name: ${IMAGE}`,
  '',
  '        newTag:    "main-1"    # why',
  'patches: [ ]',
  '---',
  'kind: Second',
  '',
].join('\n');

describe('editing a kustomization', () => {
  it('changes the two scalars and keeps every other byte', () => {
    expect(setImage(nasty, IMAGE, { tag: 'main-2', digest: DIGEST })).toBe(
      nasty.replace('"main-1"', '"main-2"').replace('sha256:old', DIGEST),
    );
  });

  it.each([
    ['plain', 'newTag: old', 'newTag: main-2'],
    ['single quotes', `newTag: 'old'`, `newTag: 'main-2'`],
    ['double quotes', 'newTag: "old"', 'newTag: "main-2"'],
    ['a value that is missing', 'newTag:', 'newTag: main-2'],
    ['a value that is missing, with a comment', 'newTag:   # none yet', 'newTag: main-2   # none yet'],
  ])('keeps the style: %s', (_style, before, after) => {
    const file = (tag: string): string => `images:\n  - name: ${IMAGE}\n    ${tag}\n    digest: ""\n`;

    expect(setImage(file(before), IMAGE, { tag: 'main-2', digest: DIGEST })).toBe(
      file(after).replace('""', `"${DIGEST}"`),
    );
  });

  it.each(['1.10', '1e3', '20240101', 'true', 'null', '0x1f', '~', 'on'])(
    'writes %s so that it is read as text',
    (tag) => {
      const edited = setImage(`images:\n  - name: ${IMAGE}\n    newTag: old\n    digest: ""\n`, IMAGE, {
        tag,
        digest: DIGEST,
      });
      const [document] = parseAllDocuments(edited);

      const written = document?.toJS() as { images: { newTag: unknown }[] } | undefined;
      expect(written?.images[0]?.newTag).toBe(tag);
    },
  );

  it('finds scalars by their markers in any other YAML', () => {
    const values = `image:\n  repository: ${IMAGE}\n  tag: old # promoter: ${IMAGE}:tag\n  digest: "" # promoter: ${IMAGE}:digest\n`;

    expect(setImage(values, IMAGE, { tag: 'v2', digest: DIGEST })).toBe(
      values.replace('tag: old', 'tag: v2').replace('""', `"${DIGEST}"`),
    );
  });

  it.each([
    [
      'no such image',
      'images:\n  - name: other\n    newTag: a\n    digest: b\n',
      /no images: entry named ghcr.io\/acme\/todo/,
      undefined,
    ],
    ['YAML that does not parse', `images:\n  - name: ${IMAGE}\n   newTag: [\n`, /./, 3],
    ['an empty file', '', /is empty|no images/, undefined],
    ['half of the markers', `tag: a # promoter: ${IMAGE}:tag\n`, /marks no digest/, undefined],
  ])('says what is wrong, and where: %s', (_case, text, message, line) => {
    let caught: unknown;
    try {
      readImage(text, IMAGE);
    } catch (error) {
      caught = error;
    }

    expect(caught).toBeInstanceOf(ManifestError);
    expect((caught as ManifestError).message).toMatch(message);
    if (line !== undefined) expect((caught as ManifestError).line).toBe(line);
  });
});

describe('block scalars', () => {
  it.each(['>-', '>', '|', '|-'])('%s becomes a plain value, and what follows stays', (style) => {
    const text = `images:\n- name: ${IMAGE}\n  newTag: v1\n  digest: ${style}\n    sha256:00\n\nresources:\n- a.yaml\n`;
    const edited = setImage(text, IMAGE, { tag: 'v2', digest: 'sha256:ab' });

    expect(edited).toBe(`images:\n- name: ${IMAGE}\n  newTag: v2\n  digest: sha256:ab\n\nresources:\n- a.yaml\n`);
  });
});

describe('what is edited must parse to its end', () => {
  it.each([
    ['a later document', `images:\n- name: ${IMAGE}\n  newTag: v1\n  digest: x\n---\na: [\n`, /Flow sequence/, 7],
    ['lists without end', `a:\n${'['.repeat(5_000)}`, /nested too deeply/, 2],
  ])('%s', (_case, text, message, line) => {
    expect(() => setImage(text, IMAGE, { tag: 'v2', digest: 'y' })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string, line }) as Error,
    );
  });
});

describe('for any manifest', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  const comment = fc.oneof(
    fc.constant(''),
    word.map((text) => `  # ${text}`),
  );
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,40}$/);
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
  const quoted = fc
    .tuple(tag, fc.constantFrom('', "'", '"'))
    .map(([text, quote]) => (quote ? quote + text + quote : `"${text}"`));
  const line = fc.oneof(
    fc.constant(''),
    word.map((text) => `# ${text}`),
    fc.tuple(word, word).map(([key, value]) => `x-${key}: ${value}`),
  );
  const lines = fc.uniqueArray(line, { maxLength: 6, selector: (text) => text.split(':')[0] });
  const manifest = fc
    .record({
      before: lines,
      indent: fc.integer({ min: 1, max: 6 }),
      tag: quoted,
      tagComment: comment,
      digestComment: comment,
      digestFirst: fc.boolean(),
      after: lines,
      newline: fc.constantFrom('\n', '\r\n'),
      documents: fc.boolean(),
    })
    .map((parts) => {
      const pad = ' '.repeat(parts.indent);
      const fields = [`${pad}  newTag: ${parts.tag}${parts.tagComment}`, `${pad}  digest: ""${parts.digestComment}`];
      if (parts.digestFirst) fields.reverse();
      const keyed = (prefix: string) => (text: string) => text.replace(/^x-/, `x-${prefix}-`);
      const all = [
        ...parts.before.map(keyed('a')),
        'images:',
        `${pad}- name: ${IMAGE}`,
        ...fields,
        ...parts.after.map(keyed('b')),
        ...(parts.documents ? ['---', 'kind: Other'] : []),
      ];
      return all.join(parts.newline) + parts.newline;
    });

  it('what was written is what is read, and nothing else changed', () => {
    fc.assert(
      fc.property(manifest, tag, digest, (text, newTag, newDigest) => {
        const edited = setImage(text, IMAGE, { tag: newTag, digest: newDigest });

        expect(readImage(edited, IMAGE)).toEqual({ tag: newTag, digest: newDigest });
        const withoutValues = (source: string): string[] =>
          source.split('\n').map((row) => row.replace(/((?:newTag|digest): )("[^"]*"|'[^']*'|[^\s#]*)/, '$1'));
        expect(withoutValues(edited)).toEqual(withoutValues(text));
      }),
      { numRuns: 500 },
    );
  });

  it('writing the same again changes nothing, and writing the old value back restores the file', () => {
    fc.assert(
      fc.property(manifest, tag, digest, (text, newTag, newDigest) => {
        const once = setImage(text, IMAGE, { tag: newTag, digest: newDigest });

        expect(setImage(once, IMAGE, { tag: newTag, digest: newDigest })).toBe(once);
        expect(setImage(once, IMAGE, readImage(text, IMAGE))).toBe(text.replace(/'([^']*)'/, "'$1'"));
      }),
      { numRuns: 500 },
    );
  });
});
