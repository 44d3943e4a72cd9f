// The workflow of a source repository builds an image of every commit pushed to the default branch.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { accountOf, type Hub, now, type RefChange } from '../hub.ts';
import { fullName, type Repository, type WorkflowRun, type WorkflowStep } from '../world.ts';
import { type BuiltImage, buildImage } from './build-image.ts';
import { pushImage, type RegistryAccess } from './push-image.ts';
import { emitWorkflowJob, emitWorkflowRun } from './workflow-events.ts';

export interface ReleaseWorkflow {
  /** owner/name of each repository that has this workflow. */
  repositories: readonly string[];
  registry: RegistryAccess;
}

interface Step {
  name: string;
  work(): Promise<void> | void;
}

const WORKFLOW_PATH = '.github/workflows/release.yml';

export async function runReleaseWorkflow(hub: Hub, { registry }: ReleaseWorkflow, change: RefChange): Promise<void> {
  const run = queueRun(hub, change);
  const steps = stepsOf(hub, registry, change, run);
  run.job.steps = steps.map(({ name }, index) => queuedStep(name, index + 1));
  await emitWorkflowRun(hub, 'requested', run);
  emitWorkflowJob(hub, 'queued', run);
  Object.assign(run, { status: 'in_progress', startedAt: now(hub), updatedAt: now(hub) });
  Object.assign(run.job, { status: 'in_progress', startedAt: now(hub) });
  await emitWorkflowRun(hub, 'in_progress', run);
  emitWorkflowJob(hub, 'in_progress', run);

  for (const step of steps) await runStep(hub, run, step);

  const conclusion = run.log ? 'failure' : 'success';
  Object.assign(run.job, { status: 'completed', conclusion, completedAt: now(hub) });
  Object.assign(run, { status: 'completed', conclusion, updatedAt: now(hub), actor: change.actor.login });
  emitWorkflowJob(hub, 'completed', run);
  await emitWorkflowRun(hub, 'completed', run);
}

/** Each step uses the results of those before it; when one fails, the rest are skipped. */
function stepsOf(hub: Hub, registry: RegistryAccess, { repository, after }: RefChange, run: WorkflowRun): Step[] {
  const git = hub.gitOf(repository);
  const page = hub.links.repositoryPage(repository);
  let archive: Buffer = Buffer.alloc(0);
  let image: BuiltImage = { blobs: [], manifests: [] };
  let committedAt = run.createdAt;
  return [
    {
      name: 'Check out',
      async work() {
        archive = await git.archive(after, 'app/');
        committedAt = (await git.commit(after))?.committer.date ?? committedAt;
      },
    },
    { name: 'Check dependencies', work: () => checkDependencies(hub, repository, after) },
    {
      name: 'Build image',
      work() {
        image = buildImage({
          archive,
          commit: after,
          committedAt,
          source: page,
          runUrl: `${page}/actions/runs/${run.id}`,
          tag: `main-${run.number}-${after.slice(0, 7)}`,
        });
      },
    },
    { name: 'Push image', work: () => pushImage(registry, fullName(repository).toLowerCase(), image) },
  ];
}

async function runStep(hub: Hub, run: WorkflowRun, { name, work }: Step): Promise<void> {
  const step = run.job.steps.find((candidate) => candidate.name === name);
  if (!step) throw new Error(`the run has no step ${name}`);
  step.startedAt = now(hub);
  step.status = 'completed';
  if (run.log) {
    step.conclusion = 'skipped';
  } else {
    try {
      await work();
      step.conclusion = 'success';
    } catch (error) {
      step.conclusion = 'failure';
      run.log = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  step.completedAt = now(hub);
}

function queuedStep(name: string, number: number): WorkflowStep {
  return { name, number, status: 'queued', conclusion: null, startedAt: null, completedAt: null };
}

function queueRun(hub: Hub, { repository, ref, after, actor }: RefChange): WorkflowRun {
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
      steps: [],
    },
    log: '',
  };
  world.workflowRuns.push(run);
  hub.store.save();
  return run;
}

/** Images run with the packages of this checkout, so a commit cannot depend on others. */
async function checkDependencies(hub: Hub, repository: Repository, commit: string): Promise<void> {
  const manifest = await hub.gitOf(repository).read(`${commit}:package.json`);
  if (!manifest) return;
  const { dependencies = {} } = JSON.parse(manifest.content.toString()) as { dependencies?: Record<string, string> };
  const missing: string[] = [];
  for (const [name, wanted] of Object.entries(dependencies)) {
    const version = await installedVersion(name);
    if (version === undefined || (/^\d/.test(wanted) && version !== wanted))
      missing.push(`${name}@${wanted} (here: ${version ?? 'none'})`);
  }
  if (missing.length > 0) {
    throw new Error(`the sandbox builds with the packages of its own checkout, which lacks ${missing.join(', ')}`);
  }
}

/** Reads the package.json itself, because most packages do not export theirs. */
async function installedVersion(name: string): Promise<string | undefined> {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = await readFile(path.join(folder, name, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return (JSON.parse(text) as { version?: string }).version;
  }
  return undefined;
}
