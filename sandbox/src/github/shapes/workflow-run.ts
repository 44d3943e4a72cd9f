import { splitMessage } from '../../git/git-object.ts';
import { accountOf, type Hub, ownerOf, repositoryNamed } from '../hub.ts';
import type { WorkflowRun } from '../world.ts';
import { simpleUser } from './account.ts';
import { simpleCommit } from './commit.ts';
import { nodeId } from './links.ts';
import { minimalRepository } from './repository.ts';

/** Each repository here has one workflow. */
const WORKFLOW_ID = 1;

/** The `workflow` schema. */
export function workflowShape(hub: Hub, run: WorkflowRun) {
  const repository = repositoryNamed(hub, run.repository);
  return {
    id: WORKFLOW_ID,
    node_id: nodeId('Workflow', WORKFLOW_ID),
    name: run.name,
    path: run.path,
    state: 'active',
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: `${hub.links.repositoryApi(repository)}/actions/workflows/${WORKFLOW_ID}`,
    html_url: `${hub.links.repositoryPage(repository)}/blob/main/${run.path}`,
    badge_url: `${hub.links.repositoryPage(repository)}/workflows/${run.name}/badge.svg`,
  };
}

/** The `workflow-run` schema. */
export async function workflowRunShape(hub: Hub, run: WorkflowRun) {
  const repository = repositoryNamed(hub, run.repository);
  const api = hub.links.repositoryApi(repository);
  const url = `${api}/actions/runs/${run.id}`;
  const commit = await hub.gitOf(repository).commit(run.headSha);
  const actor = simpleUser(hub.links, accountOf(hub, run.actor));
  const minimal = minimalRepository(hub.links, repository, ownerOf(hub, repository));
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WorkflowRun', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: commit ? splitMessage(commit.message).headline : run.name,
    run_number: run.number,
    run_attempt: 1,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: WORKFLOW_ID,
    check_suite_id: run.id,
    check_suite_node_id: nodeId('CheckSuite', run.id),
    url,
    html_url: `${hub.links.repositoryPage(repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    actor,
    triggering_actor: actor,
    referenced_workflows: [],
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${api}/actions/workflows/${WORKFLOW_ID}`,
    head_commit: commit ? simpleCommit(commit) : null,
    repository: minimal,
    head_repository: minimal,
  };
}

/** The `job` schema. */
export function jobShape(hub: Hub, run: WorkflowRun) {
  const repository = repositoryNamed(hub, run.repository);
  const api = hub.links.repositoryApi(repository);
  const { job } = run;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.name,
    head_branch: run.headBranch,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: 1,
    node_id: nodeId('CheckRun', job.id),
    head_sha: run.headSha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${hub.links.repositoryPage(repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: run.createdAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map(({ name, number, status, conclusion, startedAt, completedAt }) => ({
      name,
      number,
      status,
      conclusion,
      started_at: startedAt,
      completed_at: completedAt,
    })),
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: ['ubuntu-24.04'],
    runner_id: 1,
    runner_name: 'sandbox',
    runner_group_id: 1,
    runner_group_name: 'Default',
  };
}
