// GitHub, as far as this project uses it: API, Git, webhooks, workflows, and pages for people.
import path from 'node:path';
import { Hono } from 'hono';
import { runReleaseWorkflow, type ReleaseWorkflow } from './actions/release-workflow.ts';
import { runValidateWorkflow } from './actions/validate-workflow.ts';
import { createApi } from './api.ts';
import { type App, createCallers } from './callers.ts';
import { ApiError } from './errors.ts';
import { createFaults, type Faults } from './faults.ts';
import { type GitRepository, initGitRepository, openGitRepository } from '../git/git-repository.ts';
import { ZERO_OID } from '../git/git-object.ts';
import type { GitContext } from '../git/run-git.ts';
import { loadGitHubSchema } from './graphql/schema.ts';
import { createExclusion, type Hub } from './hub.ts';
import { followRefChange } from './operations/ref-changes.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { seedWorld, type Seed } from './seed.ts';
import { createLinks } from './shapes/links.ts';
import { smartHttpRoutes } from './smart-http.ts';
import { openDeliveryLog } from './webhooks/delivery-log.ts';
import { type AppHook, createWebhooks } from './webhooks/webhooks.ts';
import { fullName, type Repository } from './world.ts';
import { openWorld } from './world-store.ts';

export interface GitHubSettings {
  /** The URL of this server, without a trailing slash. */
  origin: string;
  dataDirectory: string;
  /** The environment that git inherits. */
  environment: Record<string, string | undefined>;
  app: App;
  webhook: { url: string | undefined; secret: string };
  release: ReleaseWorkflow | undefined;
  seed: Seed;
  /** Called for every push to a default branch. */
  onPush?: ((repository: Repository) => void) | undefined;
  clock?: () => Date;
  onError?: (error: unknown) => void;
}

export interface GitHub {
  fetch(request: Request): Response | Promise<Response>;
  hub: Hub;
  faults: Faults;
  /** Resolves when every webhook is delivered and every workflow has ended. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The events that the promoter's App subscribes to. */
const APP_EVENTS = [
  'registry_package',
  'push',
  'pull_request',
  'pull_request_review',
  'workflow_run',
  'workflow_job',
  'check_run',
  'check_suite',
  'status',
  'deployment_status',
] as const;

export async function createGitHub(settings: GitHubSettings): Promise<GitHub> {
  const clock = settings.clock ?? (() => new Date());
  const store = await openWorld(settings.dataDirectory);
  const faults = createFaults();
  const links = createLinks(settings.origin);
  const log = await openDeliveryLog(settings.dataDirectory, clock);
  const appHook: AppHook = {
    url: settings.webhook.url,
    secret: settings.webhook.secret,
    appId: settings.app.id,
    installationId: settings.app.installationId,
    events: APP_EVENTS,
  };
  const gits = new Map<number, GitRepository>();
  const workflows = new Set<Promise<void>>();
  const background = (work: Promise<void>): void => {
    const running = work.catch((error: unknown) => settings.onError?.(error)).finally(() => workflows.delete(running));
    workflows.add(running);
  };

  const hub: Hub = {
    store,
    links,
    app: settings.app,
    faults,
    clock,
    callers: createCallers(store.world, settings.app, clock),
    webhooks: createWebhooks({ store, appHook, log, faults, clock }),
    exclusively: createExclusion(),
    background,
    gitOf(repository) {
      const git = gits.get(repository.id);
      if (!git) throw new Error(`${fullName(repository)} has no Git repository`);
      return git;
    },
    async onRefChange(change) {
      await followRefChange(hub, change);
      const { repository, ref, after } = change;
      const released =
        settings.release?.repositories.includes(fullName(repository)) &&
        ref === `refs/heads/${repository.defaultBranch}`;
      if (settings.release && released && after !== ZERO_OID)
        background(runReleaseWorkflow(hub, settings.release, change));
      background(runValidateWorkflow(hub, change));
      if (ref === `refs/heads/${repository.defaultBranch}`) settings.onPush?.(repository);
    },
  };

  const contextOf = (repository: Repository): GitContext => ({
    // It stays where it was made, whatever it is called now.
    directory: path.join(
      settings.dataDirectory,
      'repositories',
      `${repository.formerNames?.[0] ?? fullName(repository)}.git`,
    ),
    environment: settings.environment,
  });
  for (const repository of store.world.repositories) gits.set(repository.id, openGitRepository(contextOf(repository)));
  await seedWorld(hub, settings.seed, async (repository) => {
    gits.set(repository.id, await initGitRepository(contextOf(repository)));
  });

  const api = createApi(hub, loadGitHubSchema());
  const server = new Hono();
  server.onError((error, c) => {
    if (error instanceof ApiError) return c.text(`${error.message}\n`, error.status);
    settings.onError?.(error);
    return c.text(`The stand-in failed: ${error.message}\n`, 500);
  });
  server.mount('/api/graphql', (request) => api.fetch(rewrite(request, '/graphql')));
  server.mount('/api/v3', (request) => api.fetch(request));
  server.route('/', sandboxRoutes(hub));
  server.route('/', smartHttpRoutes(hub));
  server.route('/', pageRoutes(hub));

  return {
    fetch: (request) => server.fetch(request),
    hub,
    faults,
    async settled() {
      while (workflows.size > 0) await Promise.all(workflows);
      await hub.webhooks.settled();
    },
    async close() {
      while (workflows.size > 0) await Promise.all(workflows);
      await hub.webhooks.settled();
      await store.flush();
      for (const git of gits.values()) git.close();
    },
  };
}

function rewrite(request: Request, pathname: string): Request {
  const url = new URL(request.url);
  url.pathname = pathname;
  return new Request(url, request);
}
