// Renders a Kustomize overlay by Kustomize's own rules: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
// It exists because kustomize is not on npm; where the real one is installed, a test compares the two.
import path from 'node:path';
import { parseAllDocuments, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { applyImages } from './images.ts';
import { Component, Kustomization } from './kustomization.ts';
import { applyLabels } from './labels.ts';
import { applyPatches } from './patches.ts';
import { applyReplacements } from './replacements.ts';

/** Reads a file of the rendered tree; resolves with undefined when it does not exist. */
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

/** @throws RenderError that names the file and the problem. */
export async function render(folder: string, readFile: ReadFile): Promise<KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  await accumulate(folder, Kustomization, objects, readFile);
  return objects;
}

/** In Kustomize's order: resources, then components, then what the file itself declares. */
async function accumulate(
  folder: string,
  schema: z.ZodType<Kustomization | Component>,
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
    if (error instanceof RenderError) throw error; // it already names its kustomization
    throw new RenderError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function load(resource: string, readFile: ReadFile): Promise<KubernetesObject[]> {
  if (!/\.ya?ml$/.test(resource)) return render(resource, readFile);
  const text = await readFile(resource);
  if (text === undefined) throw new Error(`${resource}: there is no such file`);
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0]) throw new Error(`${resource}: ${document.errors[0].message}`);
    const object = document.toJS() as KubernetesObject | null;
    return object ? [object] : [];
  });
}

function setNamespace(objects: KubernetesObject[], namespace: string): void {
  for (const object of objects) if (!CLUSTER_SCOPED.has(object.kind)) object.metadata.namespace = namespace;
}
