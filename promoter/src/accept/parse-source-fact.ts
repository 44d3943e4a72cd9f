// GitHub's payloads -> facts about source repositories. They decide nothing; the release trace is made from them.
import { z } from 'zod';
import { parseTrailers } from '../decide/commit-trailers.ts';
import { RepositoryName } from '../decide/repository.ts';
import type { JobFact, PushFact, RunFact, SourceFact } from '../trace/facts.ts';

const Repository = z.object({ full_name: RepositoryName, html_url: z.url(), default_branch: z.string() });
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const Push = z.object({
  ref: z.string(),
  after: sha,
  deleted: z.boolean(),
  compare: z.string(),
  pusher: z.object({ name: z.string() }),
  commits: z.array(
    z.object({
      id: sha,
      message: z.string(),
    }),
  ),
  // On a push these two are seconds since 1970, everywhere else text.
  repository: Repository.extend({ pushed_at: z.number() }),
});

const WorkflowRun = z.object({
  action: z.string(),
  repository: Repository,
  workflow_run: z.object({
    id: z.number(),
    name: z.string().nullish(),
    path: z.string().nullish(),
    head_sha: sha,
    head_branch: z.string().nullable(),
    run_attempt: z.number(),
    event: z.string(),
    conclusion: z.string().nullable(),
    html_url: z.string(),
    created_at: instant,
    run_started_at: instant.nullish(),
    updated_at: instant,
    triggering_actor: z.object({ login: z.string() }).nullish(),
  }),
});

const WorkflowJob = z.object({
  action: z.string(),
  repository: Repository,
  workflow_job: z.object({
    id: z.number(),
    run_id: z.number(),
    run_attempt: z.number(),
    head_sha: sha,
    head_branch: z.string().nullable(),
    name: z.string(),
    html_url: z.string().nullish(),
    runner_name: z.string().nullish(),
    created_at: instant.nullish(),
    started_at: instant,
    completed_at: instant.nullish(),
    conclusion: z.string().nullable(),
    steps: z
      .array(
        z.object({
          name: z.string(),
          number: z.number(),
          conclusion: z.string().nullable(),
          started_at: instant.nullish(),
          completed_at: instant.nullish(),
        }),
      )
      .default([]),
  }),
});

const MS = 1_000;

const headlineOf = (message: string): string => message.split('\n', 1).join('');

function aboutOf({ html_url: repositoryUrl, full_name: repository }: z.infer<typeof Repository>) {
  return { repositoryUrl, repository };
}

function parsePush(payload: unknown, receivedMs: number): PushFact | undefined {
  const { ref, after, deleted, compare, pusher, commits, repository } = Push.parse(payload);
  if (deleted || ref !== `refs/heads/${repository.default_branch}`) return undefined;
  return {
    kind: 'pushed',
    ...aboutOf(repository),
    commit: after,
    receivedMs,
    branch: repository.default_branch,
    commits: commits.map(({ id, message }) => ({
      sha: id,
      headline: headlineOf(message),
      isPromotion: parseTrailers(message, id, '').length > 0,
    })),
    pusher: pusher.name,
    pushedMs: repository.pushed_at * MS,
    url: compare,
  };
}

/** A pull request's run has its head's commit, which is not a release's. */
const isOfRelease = (branch: string | null, repository: z.infer<typeof Repository>, event = 'push'): boolean =>
  branch === repository.default_branch && !event.startsWith('pull_request');

function parseRun(payload: unknown, receivedMs: number): RunFact | undefined {
  const { action, repository, workflow_run: run } = WorkflowRun.parse(payload);
  if (action !== 'completed' || !isOfRelease(run.head_branch, repository, run.event)) return undefined;
  return {
    kind: 'run completed',
    ...aboutOf(repository),
    commit: run.head_sha,
    receivedMs,
    branch: repository.default_branch,
    runId: run.id,
    attempt: run.run_attempt,
    workflow: run.name ?? run.path ?? 'workflow',
    actor: run.triggering_actor?.login ?? 'ghost',
    url: run.html_url,
    createdMs: run.created_at,
    startedMs: run.run_started_at ?? run.created_at,
    completedMs: run.updated_at,
    conclusion: run.conclusion ?? 'neutral',
  };
}

function parseJob(payload: unknown, receivedMs: number): JobFact | undefined {
  const { action, repository, workflow_job: job } = WorkflowJob.parse(payload);
  if ((action !== 'in_progress' && action !== 'completed') || !isOfRelease(job.head_branch, repository))
    return undefined;
  return {
    kind: action === 'completed' ? 'job completed' : 'job started',
    ...aboutOf(repository),
    commit: job.head_sha,
    receivedMs,
    branch: repository.default_branch,
    runId: job.run_id,
    attempt: job.run_attempt,
    jobId: job.id,
    name: job.name,
    worker: job.runner_name || undefined,
    url: job.html_url ?? repository.html_url,
    queuedMs: job.created_at ?? job.started_at,
    startedMs: job.started_at,
    completedMs: job.completed_at ?? undefined,
    conclusion: job.conclusion ?? 'neutral',
    steps: job.steps.flatMap(({ name, number, conclusion, started_at: started, completed_at: completed }) =>
      started && completed
        ? [{ name, number, startedMs: started, completedMs: completed, conclusion: conclusion ?? 'neutral' }]
        : [],
    ),
  };
}

/** @returns undefined for what says nothing, a payload of another shape included. */
export function parseSourceFact(name: string, payload: unknown, receivedMs: number): SourceFact | undefined {
  try {
    if (name === 'push') return parsePush(payload, receivedMs);
    if (name === 'workflow_run') return parseRun(payload, receivedMs);
    if (name === 'workflow_job') return parseJob(payload, receivedMs);
    return undefined;
  } catch (error) {
    if (error instanceof z.ZodError) return undefined;
    throw error;
  }
}
