// Copies a field of one object into fields of others. A path may select list entries: `containers.[name=todo].image`.
import type { z } from 'zod';
import { isFields, type KubernetesObject, matches } from '../kubernetes/kubernetes-object.ts';
import type { Replacement } from './render.ts';

export function applyReplacements(objects: KubernetesObject[], replacements: z.infer<typeof Replacement>[]): void {
  for (const { source, targets } of replacements) {
    const [from] = objects.filter((object) => matches(object, source));
    const value = from ? resolve(from, split(source.fieldPath)) : undefined;
    if (value === undefined)
      throw new Error(`replacements: ${source.kind} ${source.name ?? ''} has no ${source.fieldPath}`);
    for (const { select, fieldPaths } of targets) {
      for (const object of objects.filter((candidate) => matches(candidate, select))) {
        for (const fieldPath of fieldPaths) {
          const parts = split(fieldPath);
          const last = parts.pop() ?? '';
          const parent = resolve(object, parts);
          if (!isFields(parent) || !(last in parent))
            throw new Error(`replacements: ${object.kind} ${object.metadata.name} has no ${fieldPath}`);
          parent[last] = value;
        }
      }
    }
  }
}

/** Dots separate, except inside brackets. */
function split(fieldPath: string): string[] {
  return fieldPath.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function resolve(value: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((current, part) => {
    const selector = /^\[([^=]+)=(.*)\]$/.exec(part);
    if (selector && Array.isArray(current)) {
      return current.find((item) => isFields(item) && String(item[selector[1] ?? '']) === selector[2]);
    }
    if (Array.isArray(current)) return current[Number(part)];
    return isFields(current) ? current[part] : undefined;
  }, value);
}
