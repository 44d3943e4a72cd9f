// The status of a Deployment, as in kubernetes pkg/controller/deployment
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
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  conditions: Condition[];
}

export interface Observed {
  generation: number;
  isReady: boolean;
  /** The reason of the Progressing condition: the rollout continues, is complete, or has failed. */
  progress: { reason: string; message: string };
  at: string;
}

/** @param before the previous status: conditions that stay the same keep their times. */
export function deploymentStatus(before: DeploymentStatus | undefined, observed: Observed): DeploymentStatus {
  const { generation, isReady, progress, at } = observed;
  const condition = (type: Condition['type'], isTrue: boolean, reason: string, message: string): Condition => {
    const existing = before?.conditions.find((candidate) => candidate.type === type);
    const status = isTrue ? 'True' : 'False';
    if (existing?.status === status && existing.reason === reason && existing.message === message) return existing;
    const lastTransitionTime = existing?.status === status ? existing.lastTransitionTime : at;
    return { type, status, reason, message, lastUpdateTime: at, lastTransitionTime };
  };
  const available = isReady ? 1 : 0;
  return {
    observedGeneration: generation,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: available,
    availableReplicas: available,
    unavailableReplicas: 1 - available,
    conditions: [
      isReady
        ? condition('Available', true, 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
        : condition('Available', false, 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'),
      condition('Progressing', progress.reason !== 'ProgressDeadlineExceeded', progress.reason, progress.message),
    ],
  };
}

/** A count of 0 is absent from what the API server sends: as a merge patch, it is removed. */
export const withoutZeros = (status: DeploymentStatus): object =>
  Object.fromEntries(Object.entries(status).map(([field, value]) => [field, value === 0 ? null : (value as unknown)]));
