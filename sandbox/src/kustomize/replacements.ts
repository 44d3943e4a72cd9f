// Copies a field of one object into fields of others. A path may select list entries: `containers.[name=todo].image`.
import { isFields, type KubernetesObject, matches } from '../kubernetes/kubernetes-object.ts';
import type { Replacement } from './kustomization.ts';

export function applyReplacements(objects: KubernetesObject[], replacements: Replacement[]): void {
  for (const { source, targets } of replacements) {
    const from = objects.find((object) => matches(object, source));
    const value = from ? resolve(from, split(source.fieldPath)) : undefined;
    if (value === undefined) {
      const named = [source.kind, source.name].filter(Boolean).join(' ');
      throw new Error(`replacements: ${named} has no ${source.fieldPath}`);
    }
    for (const { select, fieldPaths } of targets) {
      for (const object of objects.filter((candidate) => matches(candidate, select))) {
        for (const fieldPath of fieldPaths) set(object, fieldPath, value);
      }
    }
  }
}

function set(object: KubernetesObject, fieldPath: string, value: unknown): void {
  const parts = split(fieldPath);
  const last = parts.pop();
  const parent = resolve(object, parts);
  if (last === undefined || !isFields(parent) || !(last in parent))
    throw new Error(`replacements: ${object.kind} ${object.metadata.name} has no ${fieldPath}`);
  parent[last] = value;
}

/** Splits a path at its dots, except inside brackets. */
function split(fieldPath: string): string[] {
  return fieldPath.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function resolve(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((current, part) => {
    const [, key, wanted] = /^\[([^=]+)=(.*)\]$/.exec(part) ?? [];
    if (key !== undefined && Array.isArray(current))
      return current.find((item) => isFields(item) && String(item[key]) === wanted);
    if (Array.isArray(current)) return current[Number(part)];
    return isFields(current) ? current[part] : undefined;
  }, value);
}
