// Compares the renderer with kustomize's output: the golden files, which `npm run validate` compares with the real kustomize.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { render } from '../../src/kustomize/render.ts';
import { REPOSITORY_ROOT } from '../../src/assemble/config.ts';

const overlays = 'apps/todo/overlays';
type Edit = (file: string, text: string) => string;

const readWith = (edit: Edit) => async (file: string) => {
  const text = await readFile(path.join(REPOSITORY_ROOT, 'gitops-config', file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : edit(file, text);
};
const unchanged: Edit = (_file, text) => text;
const released: Edit = (_file, text) =>
  text
    .replace('newTag: unreleased', 'newTag: main-7-abcdef0')
    .replace("digest: ''", `digest: sha256:${'ab'.repeat(32)}`);

async function golden(name: string): Promise<unknown[]> {
  const text = await readFile(path.join(REPOSITORY_ROOT, 'tools/validate/golden', `${name}.yaml`), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as unknown);
}
const byKind = (objects: unknown[]): unknown[] =>
  [...objects].sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([one], [other]) => one.localeCompare(other))
            .map(([key, child]) => [key, sorted(child)]),
        )
      : value;

describe('rendering overlays', () => {
  it.each([
    ['dev', 'todo-dev', unchanged],
    ['staging', 'todo-staging', unchanged],
    ['prod', 'todo-prod', unchanged],
    ['prod', 'todo-prod-released', released],
    [
      'dev',
      'todo-dev-pglite',
      (file: string, text: string) => released(file, text).replace('components/postgresql', 'components/pglite'),
    ],
  ] as const)('%s renders as %s.yaml', async (overlay, name, edit) => {
    const objects = await render(`${overlays}/${overlay}`, readWith(edit));

    expect(byKind(objects.map(sorted))).toEqual(byKind((await golden(name)).map(sorted)));
  });

  it.each([
    ['an unknown field', (text: string) => `${text}\nnameSuffix: -x\n`, /nameSuffix/],
    [
      'a component that is not one',
      (text: string) => text.replace('../../components/postgresql', '../../base'),
      /base\/kustomization.yaml: apiVersion/,
    ],
    [
      'a file that is missing',
      (text: string) => text.replace('../../base', '../../nothing'),
      /nothing\/kustomization.yaml: there is no such file/,
    ],
    ['YAML that does not parse', (text: string) => text.replace('images:', 'images: ['), /dev\/kustomization.yaml/],
    [
      'a patch that matches nothing',
      (text: string) => text.replace('name: todo\n    patch', 'name: other\n    patch'),
      /patches: nothing matches/,
    ],
    [
      'a replacement without a source',
      (text: string) => text.replace('[name=todo].image', '[name=other].image'),
      /replacements: Deployment todo has no/,
    ],
  ])('%s is an error that names the file', async (_case, change, message) => {
    const edit: Edit = (file, text) => (file.includes('overlays/dev') ? change(text) : text);

    await expect(render(`${overlays}/dev`, readWith(edit))).rejects.toThrow(message);
  });
});
