// The fields of what runs pods: Deployments, StatefulSets, DaemonSets and Argo Rollouts. A count that is 0 may be absent.
import { z } from 'zod';

/** metav1.Time: text in custom objects; the typed client of built-in ones makes it a Date. */
export const Time = z.union([z.string(), z.date().transform((date) => date.toISOString().replace('.000Z', 'Z'))]);

const Count = z.number().default(0);
const Metadata = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string().optional(),
  generation: z.number(),
});
const Selector = z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).nullish();
const Container = z.object({ image: z.string() });
const Template = z.object({ spec: z.object({ containers: z.array(Container) }) });
const Conditions = z
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
  .default([]);
export type Condition = z.infer<typeof Conditions>[number];

export const Deployment = z.object({
  kind: z.literal('Deployment'),
  metadata: Metadata,
  spec: z.object({
    selector: Selector,
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    template: Template,
  }),
  status: z
    .object({
      observedGeneration: Count,
      replicas: Count,
      updatedReplicas: Count,
      availableReplicas: Count,
      conditions: Conditions,
    })
    .prefault({}),
});
export type Deployment = z.infer<typeof Deployment>;

export const StatefulSet = z.object({
  kind: z.literal('StatefulSet'),
  metadata: Metadata,
  spec: z.object({
    selector: Selector,
    replicas: z.number().default(1),
    updateStrategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ partition: z.number().default(0) }).nullish(),
      })
      .nullish(),
    template: Template,
  }),
  status: z
    .object({ observedGeneration: Count, replicas: Count, updatedReplicas: Count, availableReplicas: Count })
    .prefault({}),
});
export type StatefulSet = z.infer<typeof StatefulSet>;

export const DaemonSet = z.object({
  kind: z.literal('DaemonSet'),
  metadata: Metadata,
  spec: z.object({
    selector: Selector,
    updateStrategy: z.object({ type: z.string().optional() }).nullish(),
    template: Template,
  }),
  status: z
    .object({
      observedGeneration: Count,
      desiredNumberScheduled: Count,
      updatedNumberScheduled: Count,
      numberAvailable: Count,
    })
    .prefault({}),
});
export type DaemonSet = z.infer<typeof DaemonSet>;

/** https://argo-rollouts.readthedocs.io/en/stable/features/specification/ Its observed generations are text. */
export const ArgoRollout = z.object({
  kind: z.literal('Rollout'),
  metadata: Metadata,
  spec: z.object({
    selector: Selector,
    replicas: z.number().default(1),
    template: Template.optional(),
    /** Whose template it takes instead of its own. That one's pods then belong to the Rollout. */
    workloadRef: z.object({ kind: z.string(), name: z.string() }).nullish(),
  }),
  status: z
    .object({
      observedGeneration: z.string().default(''),
      workloadObservedGeneration: z.string().optional(),
      phase: z.string().default(''),
      message: z.string().default(''),
      stableRS: z.string().default(''),
      currentPodHash: z.string().default(''),
      updatedReplicas: Count,
      availableReplicas: Count,
      abortedAt: Time.nullish(),
      conditions: Conditions,
    })
    .prefault({}),
});
export type ArgoRollout = z.infer<typeof ArgoRollout>;

export const Workload = z.discriminatedUnion('kind', [Deployment, StatefulSet, DaemonSet, ArgoRollout]);
export type Workload = z.infer<typeof Workload>;

export const nameOf = ({ kind, metadata }: Workload): string => `${kind} ${metadata.name}`;

/** Whose template decides what runs: a Rollout may refer to a Deployment, which then runs nothing itself. */
export function imagesOf(workload: Workload, all: readonly Workload[]): string[] {
  const source = workload.kind === 'Rollout' ? (referredBy(workload, all) ?? workload) : workload;
  return source.spec.template?.spec.containers.map(({ image }) => image) ?? [];
}

/** The workload whose template a Rollout takes. */
export function referredBy({ metadata, spec }: ArgoRollout, all: readonly Workload[]): Workload | undefined {
  const { workloadRef } = spec;
  return (
    (workloadRef &&
      all.find(
        (one) =>
          one.kind === workloadRef.kind &&
          one.metadata.name === workloadRef.name &&
          one.metadata.namespace === metadata.namespace,
      )) ??
    undefined
  );
}

/** What runs pods with a digest. A workload that a Rollout took over is left out: the Rollout runs its pods. */
export function workloadsWith(digest: string, all: readonly Workload[]): Workload[] {
  const taken = new Set(all.flatMap((one) => (one.kind === 'Rollout' ? (referredBy(one, all) ?? []) : [])));
  return all.filter((one) => !taken.has(one) && imagesOf(one, all).some((image) => image.endsWith(`@${digest}`)));
}
