// JSON patches (RFC 6902: add, replace, remove) on selected objects.
import { parse } from 'yaml';
import { z } from 'zod';
import { isFields, type KubernetesObject, matches } from '../kubernetes/kubernetes-object.ts';
import type { Patch } from './kustomization.ts';

const Operations = z.array(
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('add'), path: z.string(), value: z.unknown() }),
    z.strictObject({ op: z.literal('replace'), path: z.string(), value: z.unknown() }),
    z.strictObject({ op: z.literal('remove'), path: z.string() }),
  ]),
);
type Operation = z.infer<typeof Operations>[number];

export function applyPatches(objects: KubernetesObject[], patches: Patch[]): void {
  for (const { target, patch } of patches) {
    const operations = Operations.safeParse(parse(patch));
    if (!operations.success)
      throw new Error('patches: only lists of RFC 6902 operations (add, replace, remove) are supported');
    const targets = objects.filter((object) => matches(object, target ?? {}));
    if (targets.length === 0) throw new Error(`patches: nothing matches ${JSON.stringify(target)}`);
    for (const object of targets) for (const operation of operations.data) apply(object, operation);
  }
}

function apply(object: KubernetesObject, operation: Operation): void {
  const parts = operation.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = parts.pop();
  if (last === undefined) throw new Error('patches: replacing a whole document is not supported');
  let parent: unknown = object;
  for (const part of parts)
    parent = Array.isArray(parent) ? parent[Number(part)] : isFields(parent) ? parent[part] : undefined;
  const missing = new Error(`patches: ${object.kind} ${object.metadata.name} has nothing at ${operation.path}`);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (operation.op !== 'add' && index >= parent.length) throw missing;
    if (operation.op === 'remove') parent.splice(index, 1);
    else parent.splice(index, operation.op === 'add' ? 0 : 1, operation.value);
    return;
  }
  if (!isFields(parent) || (operation.op !== 'add' && !(last in parent))) throw missing;
  if (operation.op === 'remove') Reflect.deleteProperty(parent, last);
  else parent[last] = operation.value;
}
