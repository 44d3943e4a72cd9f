import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { DeploymentStatus } from './deployment-status.ts';

export interface Health {
  status: 'Healthy' | 'Progressing' | 'Degraded' | 'Missing';
  message?: string;
}

/** Computes the health of a Deployment as Argo CD does: gitops-engine/pkg/health/health_deployment.go */
function deploymentHealth(generation: number, replicas: number, status: DeploymentStatus | undefined): Health {
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

/** From best to worst, as Argo CD ranks them. */
const HEALTH_ORDER: Health['status'][] = ['Healthy', 'Progressing', 'Missing', 'Degraded'];

/** An application is as healthy as its unhealthiest Deployment. */
export function worstHealth(deployments: readonly KubernetesObject[]): Health {
  const healths = deployments.map((deployment) => {
    const { replicas = 1 } = deployment['spec'] as { replicas?: number };
    const generation = Number(deployment.metadata['generation']);
    return deploymentHealth(generation, replicas, deployment['status'] as DeploymentStatus | undefined);
  });
  const rank = ({ status }: Health): number => HEALTH_ORDER.indexOf(status);
  const [worst] = healths.sort((one, other) => rank(other) - rank(one));
  return worst ?? { status: 'Missing' };
}

export function deploymentImages(deployment: KubernetesObject): string[] {
  const spec = deployment['spec'] as { template: { spec: { containers: { image: string }[] } } };
  return spec.template.spec.containers.map(({ image }) => image);
}
