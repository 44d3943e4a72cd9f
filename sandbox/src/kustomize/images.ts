import { type Fields, isFields, type KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { ImageEntry } from './kustomization.ts';

/** Returns the name of `name[:tag][@digest]`; a colon after the last slash begins the tag. */
function nameOf(image: string): string {
  const withoutDigest = image.split('@')[0] ?? image;
  const colon = withoutDigest.lastIndexOf(':');
  return colon > withoutDigest.lastIndexOf('/') ? withoutDigest.slice(0, colon) : withoutDigest;
}

/** Kustomize's images transformer: it applies to every `containers` and `initContainers` list, at any depth. */
export function applyImages(objects: KubernetesObject[], entries: ImageEntry[]): void {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isFields(value)) return;
    for (const [key, child] of Object.entries(value)) {
      if ((key === 'containers' || key === 'initContainers') && Array.isArray(child)) {
        for (const container of child) if (isFields(container)) replace(container);
      }
      visit(child);
    }
  };
  const replace = (container: Fields): void => {
    const image = container['image'];
    if (typeof image !== 'string') return;
    const entry = entries.find(({ name }) => name === nameOf(image));
    if (!entry) return;
    const tag = entry.newTag ? `:${entry.newTag}` : '';
    const digest = entry.digest ? `@${entry.digest}` : '';
    const rest = tag || digest ? tag + digest : image.slice(nameOf(image).length);
    container['image'] = (entry.newName ?? entry.name) + rest;
  };
  objects.forEach(visit);
}
