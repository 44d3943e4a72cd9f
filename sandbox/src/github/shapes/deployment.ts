import { accountOf, type Hub } from '../hub.ts';
import type { Deployment, Repository } from '../world.ts';
import { simpleUser } from './account.ts';
import { nodeId } from './links.ts';

/** The `deployment` schema. */
export function deploymentShape(hub: Hub, repository: Repository, deployment: Deployment) {
  const url = `${hub.links.repositoryApi(repository)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    environment: deployment.environment,
    original_environment: deployment.environment,
    description: deployment.description,
    creator: simpleUser(hub.links, accountOf(hub, deployment.creator)),
    created_at: deployment.createdAt,
    updated_at: deployment.statuses.at(-1)?.createdAt ?? deployment.createdAt,
    statuses_url: `${url}/statuses`,
    repository_url: hub.links.repositoryApi(repository),
  };
}

/** The `deployment-status` schema. */
export function deploymentStatusShape(
  hub: Hub,
  repository: Repository,
  deployment: Deployment,
  status: Deployment['statuses'][number],
) {
  const url = `${hub.links.repositoryApi(repository)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: simpleUser(hub.links, accountOf(hub, status.creator)),
    description: status.description,
    environment: deployment.environment,
    target_url: status.targetUrl,
    log_url: status.targetUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: hub.links.repositoryApi(repository),
  };
}
