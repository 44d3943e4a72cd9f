// The fields of an Argo CD Application that the agent acts on. Whatever it cannot do is refused, with its name.
import { z } from 'zod';

const RetryPolicy = z.object({
  limit: z.number().default(5),
  backoff: z
    .object({
      duration: z.string().default('5s'),
      factor: z.number().default(2),
      maxDuration: z.string().default('3m'),
    })
    .prefault({}),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

const Source = z.object({ repoURL: z.string(), targetRevision: z.string().default('HEAD'), path: z.string() });
export type Source = z.infer<typeof Source>;

export const Application = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    source: Source,
    destination: z.object({ server: z.string().optional(), namespace: z.string() }),
    ignoreDifferences: z.array(z.unknown()).optional(),
    syncPolicy: z
      .object({
        automated: z.object({}).optional(),
        retry: RetryPolicy.optional(),
        syncOptions: z.array(z.string()).optional(),
      })
      .optional(),
  }),
});
export type Application = z.infer<typeof Application>;

export const REFRESH_ANNOTATION = 'argocd.argoproj.io/refresh';

const Unsupported = z.object({
  metadata: z.object({ name: z.string() }).catch({ name: '' }),
  spec: z
    .object({
      sources: z.unknown(),
      sourceHydrator: z.unknown(),
      source: z
        .object({ chart: z.unknown(), helm: z.unknown(), plugin: z.unknown(), directory: z.unknown() })
        .partial()
        .optional(),
    })
    .partial()
    .default({}),
});

/** @throws Error that names the Application and the field. */
export function refuseUnsupported(manifest: unknown): void {
  const { metadata, spec } = Unsupported.parse(manifest);
  const { source, ...fields } = spec;
  const used = [
    ...Object.entries(fields).map(([field, value]) => ({ field: `spec.${field}`, value })),
    ...Object.entries(source ?? {}).map(([field, value]) => ({ field: `spec.source.${field}`, value })),
  ].find(({ value }) => value !== undefined);
  if (used)
    throw new Error(`Application ${metadata.name}: ${used.field} is not supported here, a Kustomize overlay is`);
}
