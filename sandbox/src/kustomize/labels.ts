import { type Fields, isFields, type KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { LabelsEntry } from './kustomization.ts';

/** Adds labels to the objects and, where asked, to selectors and pod templates. */
export function applyLabels(objects: KubernetesObject[], entries: LabelsEntry[]): void {
  for (const { pairs, includeSelectors, includeTemplates } of entries) {
    for (const object of objects) {
      object.metadata.labels = { ...object.metadata.labels, ...pairs };
      const spec = object['spec'];
      if (!isFields(spec)) continue;
      if (includeSelectors && object.kind === 'Service') merge(spec, 'selector', pairs);
      if (!isFields(spec['template'])) continue;
      if (includeSelectors) merge(child(spec, 'selector'), 'matchLabels', pairs);
      if (includeSelectors || includeTemplates) merge(child(spec['template'], 'metadata'), 'labels', pairs);
    }
  }
}

function child(parent: Fields, key: string): Fields {
  const existing = parent[key];
  if (isFields(existing)) return existing;
  const created: Fields = {};
  parent[key] = created;
  return created;
}

function merge(parent: Fields, key: string, pairs: Record<string, string>): void {
  Object.assign(child(parent, key), pairs);
}
