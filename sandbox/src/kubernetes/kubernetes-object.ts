/** Any object that Kubernetes stores. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    /** Undefined for a cluster-scoped object. */
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function matches(
  object: KubernetesObject,
  { kind, name }: { kind?: string | undefined; name?: string | undefined },
): boolean {
  return (kind === undefined || object.kind === kind) && (name === undefined || object.metadata.name === name);
}

/** The core group has no name: its apiVersion is `v1`, where another is `apps/v1`. */
export function groupVersionOf({ apiVersion }: KubernetesObject): { group: string; version: string } {
  const slash = apiVersion.lastIndexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}
