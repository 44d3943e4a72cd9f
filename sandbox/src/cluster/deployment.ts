import { z } from 'zod';

const Container = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
  readinessProbe: z.object({ httpGet: z.object({ path: z.string() }).optional() }).optional(),
});
export type Container = z.infer<typeof Container>;

/** The fields of a Deployment that the sandbox runs by. */
export const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().default('default'), generation: z.number() }),
  spec: z.object({
    replicas: z.number().default(1),
    progressDeadlineSeconds: z.number().default(600),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.object({
        terminationGracePeriodSeconds: z.number().default(30),
        containers: z.tuple([Container]).rest(Container),
      }),
    }),
  }),
});
export type Deployment = z.infer<typeof Deployment>;

export interface Condition {
  type: 'Available' | 'Progressing';
  status: 'True' | 'False';
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

export interface DeploymentStatus {
  observedGeneration: number;
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
  unavailableReplicas: number;
  conditions: Condition[];
}

export interface Health {
  status: 'Healthy' | 'Progressing' | 'Degraded' | 'Missing';
  message?: string;
}

/** Argo CD's health of a Deployment: argo gitops-engine/pkg/health/health_deployment.go */
export function deploymentHealth(generation: number, replicas: number, status: DeploymentStatus | undefined): Health {
  if (!status || status.observedGeneration < generation) {
    return {
      status: 'Progressing',
      message: 'Waiting for rollout to finish: observed deployment generation less than desired generation',
    };
  }
  const progressing = status.conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return { status: 'Degraded', message: progressing.message };
  if (status.updatedReplicas < replicas) {
    return {
      status: 'Progressing',
      message: `Waiting for rollout to finish: ${status.updatedReplicas} out of ${replicas} new replicas have been updated...`,
    };
  }
  if (status.availableReplicas < status.updatedReplicas) {
    return {
      status: 'Progressing',
      message: `Waiting for rollout to finish: ${status.availableReplicas} of ${status.updatedReplicas} updated replicas are available...`,
    };
  }
  return { status: 'Healthy' };
}
