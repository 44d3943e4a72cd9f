// When a pod was made, whose it is, and since when it is ready.
import { z } from 'zod';
import { Time, type Workload } from './parse-workload.ts';

export const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: Time,
    labels: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
      .nullish(),
  }),
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().nullish(),
            message: z.string().nullish(),
            lastTransitionTime: Time.nullish(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof Pod>;

export const readyCondition = ({ status }: Pod) => status.conditions.find(({ type }) => type === 'Ready');

/** @returns undefined while it is not ready. */
export function readySince(pod: Pod): string | undefined {
  const ready = readyCondition(pod);
  return ready?.status === 'True' ? (ready.lastTransitionTime ?? undefined) : undefined;
}

/** The label by which a controller marks the pods of one ReplicaSet, which is named `workload-hash`. */
const HASH_LABEL = { Deployment: 'pod-template-hash', Rollout: 'rollouts-pod-template-hash' } as const;

/** A pod that a Job, or another workload with the same labels, made is not of this one. */
export function isPodOf({ metadata }: Pod, { kind, metadata: workload }: Workload): boolean {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (kind === 'StatefulSet' || kind === 'DaemonSet') return owner?.kind === kind && owner.name === workload.name;
  const hash = metadata.labels?.[HASH_LABEL[kind]];
  return owner?.kind === 'ReplicaSet' && hash !== undefined && owner.name === `${workload.name}-${hash}`;
}
