import { accountOf, type Hub, repositoryNamed } from '../hub.ts';
import { jobShape, workflowRunShape, workflowShape } from '../shapes/workflow-run.ts';
import { context } from '../webhooks/payloads.ts';
import type { WorkflowRun } from '../world.ts';

export async function emitWorkflowRun(
  hub: Hub,
  action: 'requested' | 'in_progress' | 'completed',
  run: WorkflowRun,
): Promise<void> {
  const repository = repositoryNamed(hub, run.repository);
  const payload = {
    workflow_run: await workflowRunShape(hub, run),
    workflow: workflowShape(hub, run),
    ...context(hub, repository, accountOf(hub, run.actor)),
  };
  hub.webhooks.emit({ event: 'workflow_run', action, repositoryId: repository.id, payload });
  hub.store.save();
}

export function emitWorkflowJob(hub: Hub, action: 'queued' | 'in_progress' | 'completed', run: WorkflowRun): void {
  const repository = repositoryNamed(hub, run.repository);
  const payload = { workflow_job: jobShape(hub, run), ...context(hub, repository, accountOf(hub, run.actor)) };
  hub.webhooks.emit({ event: 'workflow_job', action, repositoryId: repository.id, payload });
}
