// The fields of Argo CD Applications and Deployments that a rollout is judged by.
import { z } from 'zod';

/** metav1.Time: text in custom objects; the typed client of built-in ones makes it a Date. */
const Time = z.union([z.string(), z.date().transform((date) => date.toISOString().replace('.000Z', 'Z'))]);

const OperationState = z.object({
  phase: z.enum(['Running', 'Terminating', 'Succeeded', 'Failed', 'Error']),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  operation: z
    .object({
      initiatedBy: z.object({ username: z.string().nullish(), automated: z.boolean().nullish() }).nullish(),
    })
    .nullish(),
  message: z.string().nullish(),
  syncResult: z.object({ revision: z.string().nullish(), revisions: z.array(z.string()).nullish() }).nullish(),
});

export const Application = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), resourceVersion: z.string().optional() }),
  status: z
    .object({
      sync: z.object({ status: z.string(), revision: z.string().nullish() }).optional(),
      health: z
        .object({
          status: z.string().optional(),
          message: z.string().nullish(),
          lastTransitionTime: z.string().nullish(),
        })
        .optional(),
      operationState: OperationState.optional(),
      reconciledAt: z.string().nullish(),
      summary: z.object({ images: z.array(z.string()).nullish() }).optional(),
      resources: z.array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().nullish() })).nullish(),
      conditions: z.array(z.object({ type: z.string(), message: z.string() })).nullish(),
    })
    .default({}),
});
export type Application = z.infer<typeof Application>;

export const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), generation: z.number() }),
  spec: z.object({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).optional(),
    replicas: z.number().default(1),
    template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
            lastUpdateTime: Time.optional(),
            lastTransitionTime: Time.optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type Deployment = z.infer<typeof Deployment>;

/** When a pod was made, and when it was ready first, as far as its conditions still say. */
export const Pod = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: Time }),
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: Time.nullish() }))
        .default([]),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof Pod>;
