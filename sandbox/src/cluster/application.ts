import { z } from 'zod';

/** The fields of an Argo CD Application that the agent acts on. */
export const Application = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    source: z.object({ repoURL: z.string(), targetRevision: z.string().default('HEAD'), path: z.string() }),
    destination: z.object({ server: z.string().optional(), namespace: z.string() }),
    syncPolicy: z.object({ automated: z.object({}).optional() }).optional(),
  }),
});
export type Application = z.infer<typeof Application>;

export const REFRESH_ANNOTATION = 'argocd.argoproj.io/refresh';
