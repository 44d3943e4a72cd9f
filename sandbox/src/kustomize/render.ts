// Renders a Kustomize overlay, for the fields that gitops-config/ uses; any other field is an error, never ignored.
// The rules are Kustomize's own: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
// It exists because kustomize is not on npm; where the real one is installed, a test compares the two.
import path from 'node:path';
import { parseAllDocuments, parseDocument } from 'yaml';
import { z } from 'zod';
import { applyImages } from './images.ts';
import { applyLabels } from './labels.ts';
import { applyPatches } from './patches.ts';
import { applyReplacements } from './replacements.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';

const Selector = z.strictObject({ kind: z.string().optional(), name: z.string().optional() });
export const ImageEntry = z.strictObject({
  name: z.string(),
  newName: z.string().optional(),
  newTag: z.string().optional(),
  digest: z.string().optional(),
});
export const Patch = z.strictObject({ target: Selector.optional(), patch: z.string() });
export const Replacement = z.strictObject({
  source: z.strictObject({ kind: z.string(), name: z.string().optional(), fieldPath: z.string() }),
  targets: z.array(z.strictObject({ select: Selector, fieldPaths: z.array(z.string()) })),
});
export const Labels = z.strictObject({
  pairs: z.record(z.string(), z.string()),
  includeSelectors: z.boolean().default(false),
  includeTemplates: z.boolean().default(false),
});
const Fields = z.strictObject({
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  namespace: z.string().optional(),
  images: z.array(ImageEntry).default([]),
  labels: z.array(Labels).default([]),
  patches: z.array(Patch).default([]),
  replacements: z.array(Replacement).default([]),
});
const Kustomization = Fields.extend({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
});
/** Changes what the kustomization that names it has gathered so far. */
const Component = Fields.extend({
  apiVersion: z.literal('kustomize.config.k8s.io/v1alpha1'),
  kind: z.literal('Component'),
});

/** Text of a file in the tree that is rendered; undefined when there is none. */
export type ReadFile = (file: string) => Promise<string | undefined>;

export class RenderError extends Error {
  override name = 'RenderError';
}

const CLUSTER_SCOPED = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'StorageClass',
]);

/** @throws RenderError with the file and what is wrong with it. */
export async function render(folder: string, readFile: ReadFile): Promise<KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  await accumulate(folder, Kustomization, objects, readFile);
  return objects;
}

/** In Kustomize's order: resources, then components, and what stands in the file itself last. */
async function accumulate(
  folder: string,
  schema: z.ZodType<z.infer<typeof Fields>>,
  objects: KubernetesObject[],
  readFile: ReadFile,
): Promise<void> {
  const file = path.posix.join(folder, 'kustomization.yaml');
  const text = await readFile(file);
  if (text === undefined) throw new RenderError(`${file}: there is no such file`);
  const document = parseDocument(text);
  if (document.errors[0]) throw new RenderError(`${file}: ${document.errors[0].message}`);
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
    throw new RenderError(`${file}: ${problems.join('; ')}`);
  }
  const kustomization = parsed.data;
  try {
    for (const resource of kustomization.resources)
      objects.push(...(await load(path.posix.join(folder, resource), readFile)));
    for (const component of kustomization.components)
      await accumulate(path.posix.join(folder, component), Component, objects, readFile);
    applyPatches(objects, kustomization.patches);
    if (kustomization.namespace) setNamespace(objects, kustomization.namespace);
    applyLabels(objects, kustomization.labels);
    applyImages(objects, kustomization.images);
    applyReplacements(objects, kustomization.replacements);
  } catch (error) {
    if (error instanceof RenderError && error.message.includes('kustomization.yaml: ')) throw error;
    throw new RenderError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function load(resource: string, readFile: ReadFile): Promise<KubernetesObject[]> {
  if (!/\.ya?ml$/.test(resource)) return render(resource, readFile);
  const text = await readFile(resource);
  if (text === undefined) throw new RenderError(`${resource}: there is no such file`);
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0]) throw new RenderError(`${resource}: ${document.errors[0].message}`);
    const object = document.toJS() as KubernetesObject | null;
    return object ? [object] : [];
  });
}

function setNamespace(objects: KubernetesObject[], namespace: string): void {
  for (const object of objects) if (!CLUSTER_SCOPED.has(object.kind)) object.metadata.namespace = namespace;
}
