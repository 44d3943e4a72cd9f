/** Anything Kubernetes stores. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
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
