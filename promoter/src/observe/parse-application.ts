// The fields of an Argo CD Application that a rollout is judged by.
import { z } from 'zod';

const Source = z.object({ repoURL: z.string(), chart: z.string().nullish() });
export type Source = z.infer<typeof Source>;
const Sources = z.object({ source: Source.nullish(), sources: z.array(Source).nullish() });

/** Of several sources `revisions`, in their order; `revision` is then empty. */
const Revisions = z.object({ revision: z.string().nullish(), revisions: z.array(z.string()).nullish() });
export type Revisions = z.infer<typeof Revisions>;

const OperationState = z.object({
  phase: z.enum(['Running', 'Terminating', 'Succeeded', 'Failed', 'Error']),
  startedAt: z.string().nullish(),
  /** Of the last attempt, where there are retries. */
  finishedAt: z.string().nullish(),
  retryCount: z.number().nullish(),
  operation: z
    .object({
      initiatedBy: z.object({ username: z.string().nullish(), automated: z.boolean().nullish() }).nullish(),
      sync: Revisions.nullish(),
    })
    .nullish(),
  message: z.string().nullish(),
  syncResult: Revisions.extend({
    ...Sources.shape,
    resources: z.array(z.object({ kind: z.string() })).nullish(),
  }).nullish(),
});
export type OperationState = z.infer<typeof OperationState>;

export const Application = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string().optional(),
    creationTimestamp: z.string().optional(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: Sources.extend({
    project: z.string().optional(),
    destination: z
      .object({ namespace: z.string().nullish(), server: z.string().nullish(), name: z.string().nullish() })
      .nullish(),
  }).default({}),
  /** Asked for and not begun, or running. */
  operation: z.object({ sync: Revisions.nullish() }).nullish(),
  status: z
    .object({
      sync: Revisions.extend({ status: z.string() }).optional(),
      health: z.object({ status: z.string().optional(), lastTransitionTime: z.string().nullish() }).optional(),
      operationState: OperationState.optional(),
      reconciledAt: z.string().nullish(),
      /** Of pods that exist. */
      summary: z.object({ images: z.array(z.string()).nullish() }).optional(),
      resources: z
        .array(
          z.object({
            /** Absent for core kinds. */
            group: z.string().nullish(),
            kind: z.string(),
            name: z.string(),
            namespace: z.string().nullish(),
          }),
        )
        .nullish(),
      conditions: z.array(z.object({ type: z.string(), message: z.string() })).nullish(),
    })
    .default({}),
});
export type Application = z.infer<typeof Application>;
