// What Argo CD would apply: every overlay as it is, and with a release or an optional component.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { listFiles } from '../list-files.ts';
import { findOneOf, runTool } from '../run-tool.ts';

export const KUSTOMIZE = 'kustomize|kubectl';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

export interface Render {
  /** `todo-prod-released`: the name of its golden file. */
  name: string;
  folder: string;
  text: string;
  objects: Manifest[];
}

interface Variant {
  name: string;
  folder: string;
  edit(text: string): string;
}

const release = (text: string): string =>
  text
    .replace('newTag: unreleased', 'newTag: main-7-abcdef0')
    .replace("digest: ''", `digest: sha256:${'ab'.repeat(32)}`);

/** Overlays after a commit of the promoter, and with each optional component. */
const VARIANTS: readonly Variant[] = [
  { name: 'todo-prod-released', folder: 'gitops-config/apps/todo/overlays/prod', edit: release },
  {
    name: 'todo-dev-pglite',
    folder: 'gitops-config/apps/todo/overlays/dev',
    edit: (text) => release(text).replace('components/postgresql', 'components/pglite'),
  },
  {
    name: 'todo-prod-canary-ingress',
    folder: 'gitops-config/apps/todo/overlays/prod',
    edit: (text) =>
      release(text)
        .replace(
          '  - ../../components/postgresql\n',
          '  - ../../components/postgresql\n  - ../../components/canary\n  - ../../components/ingress\n',
        )
        .replaceAll('kind: Deployment', 'kind: Rollout'),
  },
  {
    name: 'todo-dev-cloudnative-pg',
    folder: 'gitops-config/apps/todo/overlays/dev',
    edit: (text) =>
      release(text).replace(
        '  - ../../components/postgresql\n',
        '  - ../../components/postgresql\n  - ../../components/cloudnative-pg\n',
      ),
  },
  {
    name: 'todo-dev-private-images',
    folder: 'gitops-config/apps/todo/overlays/dev',
    edit: (text) =>
      release(text).replace(
        '  - ../../components/postgresql\n',
        '  - ../../components/postgresql\n  - ../../../../components/private-images\n',
      ),
  },
  {
    name: 'policies-private-images',
    folder: 'gitops-config/policies',
    edit: (text) => text.replace('# components:\n#   - ', 'components:\n  - '),
  },
  { name: 'promoter-released', folder: 'gitops-config/apps/promoter/overlays/platform', edit: release },
  {
    name: 'promoter-scale-to-zero',
    folder: 'gitops-config/apps/promoter/overlays/platform',
    edit: (text) => release(text).replace('# components:\n#   - ', 'components:\n  - '),
  },
];

/** @throws Error with kustomize's message where a folder does not render. */
export async function renderFolder(root: string, folder: string): Promise<Omit<Render, 'name'>> {
  const tool = await findOneOf(KUSTOMIZE);
  if (!tool) throw new Error(`${KUSTOMIZE} is not installed`);
  const { code, stdout, stderr } = await runTool(tool, [tool === 'kubectl' ? 'kustomize' : 'build', folder], {
    cwd: root,
  });
  if (code !== 0) throw new Error(`${folder}: ${stderr.trim()}`);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
  return { folder, text: stdout, objects };
}

/** Folders that are applied: Kustomizations (not Components) that are not the base of others. */
export async function renderedFolders(root: string): Promise<string[]> {
  const files = await listFiles(root, 'gitops-config/**/kustomization.yaml', 'observability/*/kustomization.yaml');
  const kept: string[] = [];
  for (const file of files) {
    const isKustomization = /^kind: Kustomization$/m.test(await readFile(path.join(root, file), 'utf8'));
    if (isKustomization && !file.includes('/base/')) kept.push(path.posix.dirname(file));
  }
  return kept;
}

/** `gitops-config/apps/todo/overlays/dev` is `todo-dev`, `observability/loki` is `observability-loki`. */
function nameOf(folder: string): string {
  return folder
    .replace(/^gitops-config\//, '')
    .replace(/^apps\/|overlays\//g, '')
    .replaceAll('/', '-');
}

export async function renderVariant(root: string, { name, folder, edit }: Variant): Promise<Render> {
  const copy = await mkdtemp(path.join(tmpdir(), 'render-'));
  try {
    await cp(path.join(root, 'gitops-config'), path.join(copy, 'gitops-config'), { recursive: true });
    const file = path.join(copy, folder, 'kustomization.yaml');
    const before = await readFile(file, 'utf8');
    const after = edit(before);
    if (after === before)
      throw new Error(`${folder}/kustomization.yaml: the variant ${name} no longer changes anything`);
    await writeFile(file, after);
    return { name, ...(await renderFolder(copy, folder)) };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

export async function renderAll(root: string): Promise<Render[]> {
  const renders: Render[] = [];
  for (const folder of await renderedFolders(root)) {
    renders.push({ name: nameOf(folder), ...(await renderFolder(root, folder)) });
  }
  for (const variant of VARIANTS) renders.push(await renderVariant(root, variant));
  return renders;
}

/** Our own chart, with which Terraform creates the first Application. @throws Error with helm's message. */
export async function renderRootChart(root: string): Promise<Manifest[]> {
  const { code, stdout, stderr } = await runTool('helm', ['template', 'root', 'terraform/platform/root-application'], {
    cwd: root,
  });
  if (code !== 0) throw new Error(`terraform/platform/root-application: ${stderr.trim()}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

/** Manifests that are not rendered: Argo CD reads them as they are. */
export async function plainManifests(root: string): Promise<{ file: string; objects: Manifest[] }[]> {
  const files = await listFiles(root, 'gitops-config/argocd/**/*.yaml');
  return Promise.all(
    files.map(async (file) => ({
      file,
      objects: parseAllDocuments(await readFile(path.join(root, file), 'utf8')).map((each) => each.toJS() as Manifest),
    })),
  );
}
