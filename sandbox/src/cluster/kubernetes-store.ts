// Objects with resource versions and a bounded history of changes, as etcd keeps them for the API server.
import { randomUUID } from 'node:crypto';
import { isFields, type KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { metav1Time } from '../kubernetes/metav1-time.ts';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
}

export class ConflictError extends Error {
  override name = 'ConflictError';
}
/** The requested version is older than the history: HTTP 410. */
export class ExpiredError extends Error {
  override name = 'ExpiredError';
}

const HISTORY = 1_000;

/** Merges as RFC 7396 defines: null removes a field. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** What a generation counts the changes of. The status of an Application is no subresource, so that its changes count, too. */
const counted = (object: KubernetesObject): string =>
  JSON.stringify(object.kind === 'Application' ? { ...object, metadata: null } : (object['spec'] ?? null));

export type KubernetesStore = ReturnType<typeof createKubernetesStore>;

export function createKubernetesStore(clock: () => Date) {
  const objects = new Map<string, KubernetesObject>();
  const history: { version: number; kind: string; event: WatchEvent }[] = [];
  const watchers = new Set<(kind: string, event: WatchEvent) => void>();
  let version = 1;

  type Namespace = string | undefined;
  const keyOf = (kind: string, namespace: Namespace, name: string): string =>
    [kind, namespace, name].filter((part) => part !== undefined).join('/');
  const publish = (type: WatchEvent['type'], object: KubernetesObject): void => {
    const event = { type, object: structuredClone(object) };
    history.push({ version, kind: object.kind, event });
    if (history.length > HISTORY) history.shift();
    for (const watcher of watchers) watcher(object.kind, event);
  };
  const put = (object: KubernetesObject, existing: KubernetesObject | undefined): KubernetesObject => {
    version += 1;
    const isNewer = counted(object) !== (existing && counted(existing));
    const generation = Number(existing?.metadata['generation'] ?? 0) + (isNewer ? 1 : 0);
    const stored: KubernetesObject = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: existing?.metadata['uid'] ?? randomUUID(),
        creationTimestamp: existing?.metadata['creationTimestamp'] ?? metav1Time(clock()),
        generation,
        resourceVersion: String(version),
      },
    };
    objects.set(keyOf(stored.kind, stored.metadata.namespace, stored.metadata.name), stored);
    publish(existing ? 'MODIFIED' : 'ADDED', stored);
    return structuredClone(stored);
  };

  return {
    get version(): string {
      return String(version);
    },
    get(kind: string, namespace: Namespace, name: string): KubernetesObject | undefined {
      return structuredClone(objects.get(keyOf(kind, namespace, name)));
    },
    list(kind: string, namespace?: string): KubernetesObject[] {
      return structuredClone(
        [...objects.values()].filter(
          (object) => object.kind === kind && (!namespace || object.metadata.namespace === namespace),
        ),
      );
    },
    /** Creates or replaces an object, and keeps the status of an existing one. */
    apply(object: KubernetesObject): KubernetesObject {
      const existing = objects.get(keyOf(object.kind, object.metadata.namespace, object.metadata.name));
      const status = object['status'] ?? existing?.['status'];
      const next = { ...object, ...(status === undefined ? {} : { status }) };
      if (
        existing &&
        JSON.stringify({ ...existing, metadata: undefined }) === JSON.stringify({ ...next, metadata: undefined })
      )
        return structuredClone(existing);
      return put(next, existing);
    },
    /** @returns undefined when there is no such object. @throws ConflictError when the patch names another resourceVersion. */
    patch(kind: string, namespace: Namespace, name: string, patch: unknown): KubernetesObject | undefined {
      const existing = objects.get(keyOf(kind, namespace, name));
      if (!existing) return undefined;
      const wanted = isFields(patch) && isFields(patch['metadata']) ? patch['metadata']['resourceVersion'] : undefined;
      if (wanted !== undefined && wanted !== existing.metadata['resourceVersion']) {
        throw new ConflictError(
          `${name}: the object has been modified; please apply your changes to the latest version`,
        );
      }
      const patched = mergePatch(existing, patch) as KubernetesObject;
      if (JSON.stringify(patched) === JSON.stringify(existing)) return structuredClone(existing);
      return put(patched, existing);
    },
    delete(kind: string, namespace: string, name: string): void {
      const existing = objects.get(keyOf(kind, namespace, name));
      if (!existing) return;
      version += 1;
      objects.delete(keyOf(kind, namespace, name));
      publish('DELETED', existing);
    },
    /** @throws ExpiredError */
    since(kind: string, from: number): WatchEvent[] {
      const oldest = history[0]?.version ?? version;
      if (history.length >= HISTORY && from < oldest - 1)
        throw new ExpiredError(`too old resource version: ${from} (${oldest})`);
      return history
        .filter((entry) => entry.kind === kind && entry.version > from)
        .map(({ event }) => structuredClone(event));
    },
    watch(listener: (kind: string, event: WatchEvent) => void): () => void {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
}
