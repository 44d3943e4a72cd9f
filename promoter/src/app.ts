// The fetch handler, composed in dependency order. Importing it does nothing, creating it starts nothing: `start` does.
import type { Logger } from '@delivery/telemetry/logger';
import { createRegistry } from '@delivery/telemetry/metrics';
import { releaseTraceId, type SpanSender } from '@delivery/telemetry/release';
import { Hono } from 'hono';
import { announcementRoute } from './accept/announcement-route.ts';
import { answerFailure, type Env } from './accept/answer-failure.ts';
import { createInbox } from './accept/inbox.ts';
import { reportRoute } from './accept/report-route.ts';
import { createEventTaker } from './accept/take-event.ts';
import { createWaitingReleases } from './accept/waiting-releases.ts';
import { createAnnouncerVerifier } from './accept/verify-announcer.ts';
import { type Outcome, webhookRoute } from './accept/webhook-route.ts';
import { createConfigAccess } from './collect/config-access.ts';
import { createLastRead } from './collect/last-read.ts';
import { linkedFiles } from './collect/locate-manifests.ts';
import { createConfigReader } from './collect/read-config-repository.ts';
import { createRegistry as createImageRegistry } from './collect/registry.ts';
import { createRegistryClient } from './collect/registry-client.ts';
import { createRefusals } from './collect/refused-releases.ts';
import { createReplayer } from './collect/replay-deliveries.ts';
import { createReviewerRights } from './collect/reviewer-rights.ts';
import { environmentsOf } from './collect/rollout-question.ts';
import { createSourceCommits } from './collect/source-commits.ts';
import type { Config } from './config.ts';
import { createFirstRequestCommenter } from './enact/comment-first-request.ts';
import { createEnactor } from './enact/enact-decisions.ts';
import { createDeploymentReporter } from './enact/report-deployment.ts';
import { createReleaseFinder } from './find-releases.ts';
import { createGitHubBudget } from './github/budget.ts';
import { createGitHubClients } from './github/client.ts';
import { createIdentityReader, hostOf } from './github/identity.ts';
import { createCluster } from './observe/cluster.ts';
import { promote } from './promote.ts';
import { createBounds } from './record/bounds.ts';
import { createReleaseMeasures } from './record/measure-releases.ts';
import { countGitHubRequest, countHolds, createMetrics } from './record/metrics.ts';
import { createReconciles } from './record/reconciles.ts';
import { createRecorder } from './record/recorder.ts';
import { createStages } from './record/stages.ts';
import { createResync } from './resync.ts';
import { createBoard } from './show/board.ts';
import { boardRoutes } from './show/board-routes.ts';
import { createChanges } from './show/changes.ts';
import { healthRoutes } from './show/health-routes.ts';
import { metricsRoute } from './show/metrics-route.ts';
import type { SourceFact } from './trace/facts.ts';

export interface AppDeps {
  config: Config;
  /** Undefined where no exporter is configured. */
  sender: SpanSender | undefined;
  clock: () => Date;
  logger: Logger;
}

type Fetch = (request: Request, env?: Env['Bindings']) => Response | Promise<Response>;

export interface App {
  /** What the internet may reach; without an ADMIN_PORT everything. */
  fetch: Fetch;
  /** Board, API, metrics and health, for the ADMIN_PORT. */
  admin: Fetch;
  start(): void;
  /** Not ready from now on, and nothing new is begun. */
  drain(): void;
  /** Finishes what was begun. */
  close(): Promise<void>;
}

export function createApp({ config, sender, clock, logger }: AppDeps): App {
  const { branch, paths, ...configured } = config.configRepository;
  const onWarning = (message: string, error: unknown): void => logger.warn({ err: error }, message);
  const registry = createRegistry('promoter');
  const metrics = createMetrics(registry);
  const inStage = createStages(metrics);
  const reconciles = createReconciles(metrics, logger);
  const changes = createChanges();

  // The ground, and what was read.
  const lastRead = createLastRead();
  const budget = createGitHubBudget(clock);
  const access = createConfigAccess({ configured, branch, lastRead, onChange: changes.notify, clock, logger });
  const github = createGitHubClients({
    ...config.github,
    budget,
    onRequest: countGitHubRequest(metrics, budget.left),
    onInstallation: access.installed,
  });
  const { repository } = access;
  const configGitHub = () => github.forRepository(repository);
  const identity = createIdentityReader(github.app, configGitHub, hostOf(config.github.apiUrl));

  // What rang.
  const bounds = createBounds({ metrics, onChange: changes.notify, clock, logger });
  const inbox = createInbox({
    releases: createWaitingReleases({
      declared: lastRead.declarations,
      lineageOf: ({ name }) =>
        lastRead.pipelines().find(({ pipeline }) => pipeline.declared.name === name)?.pipeline.lineage,
      onBound: bounds.reached,
    }),
    windowMs: config.coalesceMs,
    clock,
    onFailure: reconciles.failed,
  });

  const recorder = createRecorder({
    sender,
    report: createDeploymentReporter(github.forRepository, budget.left),
    comment: createFirstRequestCommenter(github.forRepository),
    lastRead,
    configRepository: configured,
    releaseUrl: config.releaseUrl,
    metrics,
    measures: createReleaseMeasures(registry, lastRead.declared),
    onChange: changes.notify,
    clock,
    logger,
  });
  const cluster = createCluster({
    settings: config.cluster,
    asked: (application) => environmentsOf(application, lastRead.pipelines()),
    keepAnswer: lastRead.keepRollout,
    onObserved: recorder.observed,
    onAnswerChanged(pipeline) {
      logger.debug({ stage: 'observe', pipeline }, 'rollout changed');
      inbox.ring({ scope: new Set([pipeline]), releases: [] });
    },
    onChange: changes.notify,
    clock,
    logger,
  });
  const board = createBoard({
    lastRead,
    access: access.view,
    clusterProblem: cluster.problem,
    bounds: bounds.view,
    onChange: changes.notify,
    clock,
  });

  // The flows.
  const source = createSourceCommits({
    github: github.forRepository,
    releaseUrl: (url, at) => config.releaseUrl(releaseTraceId(url, at)),
    onRead: access.sourceRead,
  });
  const reader = createConfigReader({
    github: configGitHub,
    repository: config.configRepository,
    source,
    rights: createReviewerRights(configGitHub, repository),
    identity,
    cluster,
    lastRead,
    access,
    onBound: bounds.reached,
    onWarning,
  });
  const onBound = bounds.reached;
  const images = createImageRegistry(createRegistryClient({ ...config.registry, onBound }), onBound);
  const promoting = {
    config: reader,
    refusals: createRefusals({ registry: images, source, onWarning }),
    lastRead,
    enactor: createEnactor({ github: configGitHub, repository, branch }),
    cluster,
    inStage,
    clock,
    logger,
    onDecided(...[snapshot, decisions, at]: Parameters<Parameters<typeof promote>[1]['onDecided']>) {
      board.decided(snapshot.pipelines, decisions, at);
      recorder.read(snapshot, at);
    },
    onEnacted(round: Parameters<typeof recorder.enacted>[0]) {
      board.enacted(round.enacted);
      for (const { kind } of round.enacted) metrics.enacted.inc({ kind });
      recorder.enacted(round);
    },
  };
  const finder = createReleaseFinder({ lastRead, registry: images, inbox, logger });
  const resync = createResync({
    config: reader,
    lookUpInstallations: github.lookUpAgain,
    lastRead,
    registry: images,
    replayer: createReplayer({
      app: github.app,
      github: github.forRepository,
      context: repository,
      onFact: (fact) => recorder.source(fact, 'recovered'),
      onUnreadable(error) {
        metrics.unreadableDeliveries.inc();
        onWarning('a delivery in the log is skipped: it cannot be read', error);
      },
      onBound: bounds.reached,
      onWarning,
    }),
    inbox,
    intervalMs: config.resyncMs,
    onRecovered: (releases) => metrics.recovered.inc(releases),
    logger,
  });

  let draining = false;
  const failed = answerFailure(logger);

  const admin = new Hono<Env>().onError(failed);
  admin.route('/', metricsRoute({ registry, onScrape: () => metrics.inboxDepth.set(inbox.depth()) }));
  const isReady = (): boolean => !draining && resync.isReady();
  admin.route('/', healthRoutes({ isReady, isStopping: () => draining, access: access.view }));
  const { timelines } = recorder;
  admin.route('/', boardRoutes({ board, lastRead, timelines, changes, templates: config.templates, clock }));

  const app = new Hono<Env>().onError(failed);
  const taking = {
    take: createEventTaker({
      inbox,
      declared: lastRead.declarations,
      linked: () => linkedFiles(lastRead.pipelines()),
      promotionFiles: paths,
      onPromotionFilesChanged: resync.soon,
      onOtherTag: finder.look,
    }),
    onOutcome: (event: string, outcome: Outcome) => metrics.deliveries.inc({ event, outcome }),
    onFact: (fact: SourceFact) => recorder.source(fact, 'live'),
    clock,
    logger,
  };
  app.route('/', webhookRoute({ secrets: config.github.webhookSecrets, context: repository, ...taking }));
  const verify = config.announcements && createAnnouncerVerifier({ ...config.announcements, clock });
  app.route('/', announcementRoute({ ...taking, verify, declared: lastRead.declarations }));
  app.route('/', reportRoute({ token: config.reportToken, onFirstRequest: recorder.firstRequest }));
  app.get('/livez', (c) => c.text('ok'));
  if (config.adminPort === undefined) app.notFound((c) => admin.fetch(c.req.raw, c.env));

  return {
    fetch: app.fetch,
    admin: admin.fetch,
    start() {
      inbox.start(async (round) => {
        const outcome = await reconciles.during(() => promote(round, promoting));
        countHolds(metrics, board.view().pipelines);
        return outcome;
      });
      cluster.start();
      resync.start();
    },
    drain() {
      draining = true;
      resync.stop();
      finder.stop();
    },
    async close() {
      await inbox.close();
      cluster.stop();
      await recorder.close();
    },
  };
}
