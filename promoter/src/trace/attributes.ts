// Every attribute name of release spans. Semantic conventions 1.44 where they have one (docs/cicd, docs/vcs, docs/attributes-registry);
// our own begin with `promoter.`. All are on every span of their kind: Tempo searches single spans, not traces.
import type { SpanRecord } from '@delivery/telemetry/release';

export const ATTRIBUTE = {
  repository: 'vcs.repository.url.full',
  repositoryName: 'vcs.repository.name',
  revision: 'vcs.ref.head.revision',
  branch: 'vcs.ref.head.name',
  refType: 'vcs.ref.type',
  owner: 'vcs.owner.name',
  provider: 'vcs.provider.name',
  change: 'vcs.change.id',
  changeState: 'vcs.change.state',
  changeTitle: 'vcs.change.title',
  pipelineName: 'cicd.pipeline.name',
  pipelineAction: 'cicd.pipeline.action.name',
  pipelineResult: 'cicd.pipeline.result',
  runId: 'cicd.pipeline.run.id',
  runUrl: 'cicd.pipeline.run.url.full',
  taskName: 'cicd.pipeline.task.name',
  taskType: 'cicd.pipeline.task.type',
  taskRunId: 'cicd.pipeline.task.run.id',
  taskResult: 'cicd.pipeline.task.run.result',
  taskUrl: 'cicd.pipeline.task.run.url.full',
  worker: 'cicd.worker.name',
  artifact: 'artifact.purl',
  artifactVersion: 'artifact.version',
  digest: 'oci.manifest.digest',
  imageName: 'container.image.name',
  imageTags: 'container.image.tags',
  environment: 'deployment.environment.name',
  deploymentName: 'deployment.name',
  deploymentStatus: 'deployment.status',
  kubernetesDeployment: 'k8s.deployment.name',
  kubernetesNamespace: 'k8s.namespace.name',
  pod: 'k8s.pod.name',
  errorType: 'error.type',
  /** What Tempo reads to name a node that sends no spans; the second is its successor in the conventions. */
  peer: 'peer.service',
  peerName: 'service.peer.name',
  attempt: 'promoter.run.attempt',
  actor: 'promoter.actor',
  pipeline: 'promoter.pipeline',
  reason: 'promoter.reason',
  outcome: 'promoter.outcome',
  approvedBy: 'promoter.approved_by',
  configCommit: 'promoter.config.commit',
  commits: 'promoter.commits',
  application: 'promoter.application',
  url: 'url.full',
} as const;

/** @returns undefined where the span does not say. */
export function textOf({ attributes }: SpanRecord, name: string): string | undefined {
  const value = attributes[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The nodes of the service graph, from a push to Argo CD. Behind them comes the service that is delivered. */
export const SERVICE = {
  developer: 'developer',
  github: 'github',
  actions: 'github-actions',
  registry: 'ghcr',
  promoter: 'promoter',
  config: 'gitops-config',
  argocd: 'argocd',
} as const;
