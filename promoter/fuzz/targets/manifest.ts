import { parseAllDocuments } from 'yaml';
import { readImage, setImage } from '../../src/decide/edit-manifest.ts';
import { ManifestError } from '../../src/decide/manifest-text.ts';
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
  `kind: A\n---\nimages:\n  - name: ${IMAGE}\n    digest: ''\n    newTag: x\n---\nkind: B\n`,
];

/** Byte for byte: what stands around the two values in the edited text stood in the original, in that order. */
function checkOnlyValuesChanged(original: string, edited: string): void {
  const parts = edited.split(new RegExp(`["']?(?:${TAG}|${DIGEST})["']?`));
  if (parts.length !== 3) throw new Error(`the values stand ${parts.length - 1} times in the edited text`);
  const [before = '', between = '', after = ''] = parts;
  const head = before.trimEnd();
  if (!original.startsWith(head)) throw new Error('the text before the values changed');
  if (!original.endsWith(after.trimStart())) throw new Error('the text behind the values changed');
  if (!original.slice(head.length).includes(between.trim())) throw new Error('the text between the values changed');
}

export const manifest: Target<string> = {
  name: 'manifests',
  share: 0.2,
  inputs: mutateText(manifests),
  run(text) {
    let edited: string;
    try {
      edited = setImage(text, IMAGE, { tag: TAG, digest: DIGEST });
    } catch (error) {
      if (error instanceof ManifestError) return;
      throw error;
    }
    const documents = parseAllDocuments(edited, { prettyErrors: false });
    const error = Array.isArray(documents) ? documents.find(({ errors }) => errors.length > 0)?.errors[0] : undefined;
    if (error) throw new Error(`the edited text does not parse: ${error.message}`);
    const { tag, digest } = readImage(edited, IMAGE);
    if (tag.replaceAll(/["']/g, '') !== TAG || digest.replaceAll(/["']/g, '') !== DIGEST)
      throw new Error(`what was written is not what is read: ${tag} ${digest}`);
    checkOnlyValuesChanged(text, edited);
  },
};
