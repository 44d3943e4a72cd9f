// The workflow of a source repository: every commit pushed to the default branch becomes an image in the registry.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { accountOf, type Hub, now, type RefChange } from '../hub.ts';
import { fullName, type Repository, type WorkflowRun, type WorkflowStep } from '../world.ts';
import { buildImage, type BuiltImage } from './build-image.ts';
import { pushImage, type RegistryAccess } from './push-image.ts';
import { emitWorkflowJob, emitWorkflowRun } from './workflow-events.ts';

export interface ReleaseWorkflow {
  /** owner/name of the repository that has this workflow. */
  repository: string;
  registry: RegistryAccess;
}

const STEPS = ['Check out', 'Check dependencies', 'Build image', 'Push image'];
const WORKFLOW_PATH = '.github/workflows/release.yml';

export async function runReleaseWorkflow(hub: Hub, { registry }: ReleaseWorkflow, change: RefChange): Promise<void> {
  const { repository, after, actor } = change;
  const run = startRun(hub, change);
  await emitWorkflowRun(hub, 'requested', run);
  await emitWorkflowJob(hub, 'queued', run);
  Object.assign(run, { status: 'in_progress', startedAt: now(hub), updatedAt: now(hub) });
  Object.assign(run.job, { status: 'in_progress', startedAt: now(hub) });
  await emitWorkflowRun(hub, 'in_progress', run);
  await emitWorkflowJob(hub, 'in_progress', run);

  const git = hub.gitOf(repository);
  const commit = await git.commit(after);
  let archive: Buffer = Buffer.alloc(0);
  let image: BuiltImage | undefined;
  const work: (() => Promise<void>)[] = [
    async () => {
      archive = await git.archive(after, 'app/');
    },
    () => checkDependencies(hub, repository, after),
    async () => {
      image = buildImage({
        archive,
        commit: after,
        committedAt: commit?.committer.date ?? now(hub),
        source: hub.links.repositoryPage(repository),
        runUrl: `${hub.links.repositoryPage(repository)}/actions/runs/${run.id}`,
        tag: `main-${run.number}-${after.slice(0, 7)}`,
      });
      await Promise.resolve();
    },
    async () => {
      if (image) await pushImage(registry, fullName(repository).toLowerCase(), image);
    },
  ];
  for (const [index, step] of run.job.steps.entries()) await runStep(hub, run, step, work[index]);

  const conclusion = run.log ? 'failure' : 'success';
  Object.assign(run.job, { status: 'completed', conclusion, completedAt: now(hub) });
  Object.assign(run, { status: 'completed', conclusion, updatedAt: now(hub), actor: actor.login });
  await emitWorkflowJob(hub, 'completed', run);
  await emitWorkflowRun(hub, 'completed', run);
}

async function runStep(
  hub: Hub,
  run: WorkflowRun,
  step: WorkflowStep,
  work: (() => Promise<void>) | undefined,
): Promise<void> {
  step.startedAt = now(hub);
  step.status = 'completed';
  if (run.log) {
    step.conclusion = 'skipped';
  } else {
    try {
      await work?.();
      step.conclusion = 'success';
    } catch (error) {
      step.conclusion = 'failure';
      run.log = `${step.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  step.completedAt = now(hub);
}

function startRun(hub: Hub, { repository, ref, after, actor }: RefChange): WorkflowRun {
  const { world } = hub.store;
  const at = now(hub);
  const number = world.workflowRuns.filter((run) => run.repository === fullName(repository)).length + 1;
  const run: WorkflowRun = {
    id: hub.store.newId(),
    repository: fullName(repository),
    name: 'release',
    path: WORKFLOW_PATH,
    number,
    event: 'push',
    headBranch: ref.replace('refs/heads/', ''),
    headSha: after,
    actor: accountOf(hub, actor.login).login,
    status: 'queued',
    conclusion: null,
    createdAt: at,
    startedAt: at,
    updatedAt: at,
    job: {
      id: hub.store.newId(),
      name: 'image',
      status: 'queued',
      conclusion: null,
      startedAt: at,
      completedAt: null,
      steps: STEPS.map((name, index) => ({
        name,
        number: index + 1,
        status: 'queued',
        conclusion: null,
        startedAt: null,
        completedAt: null,
      })),
    },
    log: '',
  };
  world.workflowRuns.push(run);
  hub.store.save();
  return run;
}

/** The sandbox has no network: an image runs with the packages of this checkout, so a commit may not ask for others. */
async function checkDependencies(hub: Hub, repository: Repository, commit: string): Promise<void> {
  const manifest = await hub.gitOf(repository).read(`${commit}:package.json`);
  const dependencies = manifest
    ? (JSON.parse(manifest.content.toString()) as { dependencies?: Record<string, string> }).dependencies
    : undefined;
  const { resolve } = createRequire(import.meta.url);
  const missing: string[] = [];
  for (const [name, wanted] of Object.entries(dependencies ?? {})) {
    const folder = resolve.paths(name)?.map((root) => path.join(root, name, 'package.json')) ?? [];
    const texts = await Promise.all(folder.map((file) => readFile(file, 'utf8').catch(() => undefined)));
    const found = texts.find((text) => text !== undefined);
    const version = found ? (JSON.parse(found) as { version?: string }).version : undefined;
    if (version === undefined || (/^\d/.test(wanted) && version !== wanted))
      missing.push(`${name}@${wanted} (here: ${version ?? 'none'})`);
  }
  if (missing.length > 0) {
    throw new Error(`the sandbox builds with the packages of its own checkout, which lacks ${missing.join(', ')}`);
  }
}
