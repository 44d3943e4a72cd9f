import { accountOf, type Hub, now } from '../hub.ts';
import { checkRunShape } from '../shapes/check-run.ts';
import { context } from '../webhooks/payloads.ts';
import { advanceMergeQueue } from './merge-queue.ts';
import { type CheckRun, fullName, type Repository } from '../world.ts';

export type NewCheckRun = Pick<CheckRun, 'name' | 'headSha' | 'appSlug'> & Partial<CheckRun>;

export function createCheckRun(hub: Hub, repository: Repository, request: NewCheckRun): CheckRun {
  const run: CheckRun = {
    id: hub.store.newId(),
    repository: fullName(repository),
    status: 'queued',
    conclusion: null,
    title: null,
    summary: null,
    detailsUrl: null,
    externalId: '',
    startedAt: now(hub),
    completedAt: null,
    ...request,
  };
  hub.store.world.checkRuns.push(run);
  reportIfCompleted(hub, repository, run);
  return run;
}

export function updateCheckRun(hub: Hub, repository: Repository, run: CheckRun, change: Partial<CheckRun>): void {
  Object.assign(run, change);
  reportIfCompleted(hub, repository, run);
}

function reportIfCompleted(hub: Hub, repository: Repository, run: CheckRun): void {
  if (run.conclusion) Object.assign(run, { status: 'completed', completedAt: run.completedAt ?? now(hub) });
  hub.store.save();
  if (run.status !== 'completed') return;
  const shape = checkRunShape(hub, run);
  const payload = { check_run: shape, ...context(hub, repository, accountOf(hub, `${run.appSlug}[bot]`)) };
  hub.webhooks.emit({ event: 'check_run', action: 'completed', repositoryId: repository.id, payload });
  advanceMergeQueue(hub, repository);
}
