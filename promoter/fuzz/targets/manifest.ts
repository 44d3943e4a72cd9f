import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { readImage, setImage } from '../../src/decide/edit-manifest.ts';
import { ManifestError } from '../../src/decide/manifest-text.ts';
import type { ValuePath } from '../../src/decide/value-path.ts';
import { mutateText } from '../mutate-text.ts';
import type { Target } from '../run-target.ts';

const IMAGE = 'ghcr.io/acme/todo';
/** Neither stands in any original: what an edit wrote is found by it. */
const TAG = 'fuzz-1-7e57';
const DIGEST = `sha256:${'7e57'.repeat(16)}`;
const old = `sha256:${'00'.repeat(32)}`;

const manifests = [
  `# the release of dev\nresources:\n  - ../../base\nimages:\n  - name: other\n    newTag: v9\n  - name: ${IMAGE}\n    newTag: main-1 # by the promoter\n    digest: "${old}"\npatches:\n  - path: x.yaml\n`,
  `images: [{ name: ${IMAGE}, newTag: '1.10', digest: ${old} }]\n`,
  `images:\n- name: ${IMAGE}\n  newTag:\n  digest: ""\n`,
  `images:\n- name: ${IMAGE}\n  newTag: v1\n  digest: >-\n    ${old}\nresources:\n- a.yaml\n`,
  `web:\n  image:\n    repository: ${IMAGE}\n    tag: v1 # promoter: ${IMAGE}:tag\n    digest: &d ${old} # promoter: ${IMAGE}:digest\nother: *d\n`,
  `images:\n- name: todo\n  newName: ${IMAGE}\n  newTag: v1 # why\n- newTag: v2\n  name: nginx`,
  `images:\r\n    -   "name": "${IMAGE}"\r\nnamespace: x\r\n`,
  `{"images": [{"name": "${IMAGE}", "newTag": "v1"}]}\n`,
  `- op: replace\n  value: v1@${old} # promoter: ${IMAGE}:tag\n- value: ${IMAGE}:v1@${old} # promoter: ${IMAGE}\n`,
  `kind: A\n---\nimages:\n  - name: ${IMAGE}\n    digest: ''\n    newTag: x\n---\nkind: B\n`,
];

/** In values files. */
const values = [
  `web:\n  image:\n    repository: ${IMAGE}\n    tag: v1 # why\n    digest: "${old}"\n  ports: [80]\n`,
  `web: { image: { registry: ghcr.io, repository: acme/todo, tag: '1.10' } }\n`,
  `web:\n  image: &i\n    repository: ${IMAGE}\n  port: 80\njob: { image: nginx }\n`,
  `web:\n  image: '${IMAGE}:v1@${old}'\n`,
];
const PATHS: readonly ValuePath[] = [['web', 'image']];

/** A key that an edit added, with the comma before it, and what of a reference stands before its tag. */
const ADDED = /(?:[,\s]*["']?(?:newTag|digest|tag)["']?:\s*|ghcr\.io\/acme\/todo:|@)$/;

/** Byte for byte: what stands around the values in the edited text stood in the original, in that order. */
function checkOnlyValuesChanged(original: string, edited: string): void {
  const parts = edited.split(new RegExp(`["']?(?:${TAG}|${DIGEST})["']?`));
  if (parts.length < 3) throw new Error(`the values stand ${parts.length - 1} times in the edited text`);
  const after = parts.pop() ?? '';
  let from = 0;
  for (const part of parts) {
    const kept = part.replace(ADDED, '').trim();
    const at = original.indexOf(kept, from);
    if (at === -1) throw new Error(`the text before a value changed: ${kept.slice(-80)}`);
    from = at + kept.length;
  }
  if (!original.endsWith(after.trimStart())) throw new Error('the text behind the values changed');
}

export const manifest: Target<[string, readonly ValuePath[]]> = {
  name: 'manifests',
  share: 0.2,
  inputs: fc.oneof(
    { arbitrary: fc.tuple(mutateText(manifests), fc.constant<readonly ValuePath[]>([])), weight: 2 },
    { arbitrary: fc.tuple(mutateText(values), fc.constant(PATHS)), weight: 1 },
  ),
  run([text, paths]) {
    let edited: string;
    try {
      edited = setImage(text, IMAGE, { tag: TAG, digest: DIGEST }, paths);
    } catch (error) {
      if (error instanceof ManifestError) return;
      throw error;
    }
    const documents = parseAllDocuments(edited, { prettyErrors: false });
    const error = Array.isArray(documents) ? documents.find(({ errors }) => errors.length > 0)?.errors[0] : undefined;
    if (error) throw new Error(`the edited text does not parse: ${error.message}`);
    const { tag, digest } = readImage(edited, IMAGE, paths);
    if (tag.replaceAll(/["']/g, '') !== TAG || digest.replaceAll(/["']/g, '') !== DIGEST)
      throw new Error(`what was written is not what is read: ${tag} ${digest}`);
    checkOnlyValuesChanged(text, edited);
  },
};
