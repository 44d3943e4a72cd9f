import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { DeploymentStatus } from './deployment-status.ts';

export interface Health {
  status: 'Healthy' | 'Progressing' | 'Degraded' | 'Missing';
}

/** Computes the health of a Deployment as Argo CD does: gitops-engine/pkg/health/health_deployment.go */
function deploymentHealth(generation: number, replicas: number, status: DeploymentStatus | undefined): Health {
  if (!status || status.observedGeneration < generation) return { status: 'Progressing' };
  const progressing = status.conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return { status: 'Degraded' };
  const { updatedReplicas = 0, availableReplicas = 0 } = status;
  if (updatedReplicas < replicas || availableReplicas < updatedReplicas) return { status: 'Progressing' };
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

/** Argo CD lists the images of pods that exist, not of what is asked for. */
export function podImages(pod: KubernetesObject): string[] {
  const spec = pod['spec'] as { containers: { image: string }[] };
  return spec.containers.map(({ image }) => image);
}
