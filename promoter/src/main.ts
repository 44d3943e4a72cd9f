#!/usr/bin/env node
// The only place where things are wired.
import { text } from 'node:stream/consumers';
import { createLogger, type Logger } from '@delivery/telemetry/logger';
import { createRegistry } from '@delivery/telemetry/metrics';
import { stopOnSignal } from '@delivery/telemetry/service';
import { createSpanSender, releaseTraceId } from '@delivery/telemetry/release';
import { startTracing } from '@delivery/telemetry/tracing';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { createInbox, type Inbox } from './accept/inbox.ts';
import type { PromotionEvent } from './accept/parse-event.ts';
import type { SourceFact } from './trace/facts.ts';
import { reportRoute } from './accept/report-route.ts';
import { createReplayer } from './collect/replay-deliveries.ts';
import { webhookRoute } from './accept/webhook-route.ts';
import { runCommand } from './show/command-line.ts';
import { type Config, ConfigError, parseConfig } from './config.ts';
import { createArrivalAnnouncer } from './enact/comment-first-request.ts';
import { createEnactor } from './enact/enact-decisions.ts';
import { createGitHubBudget } from './github/budget.ts';
import { createGitHubClients } from './github/client.ts';
import { createReviewerRights } from './collect/reviewer-rights.ts';
import { createConfigReader } from './collect/read-config-repository.ts';
import { createSourceReader } from './collect/source-commits.ts';
import { createDeploymentReporter } from './enact/report-deployment.ts';
import { TransientError } from './errors.ts';
import { follow } from './follow.ts';
import { healthRoutes } from './show/health-routes.ts';
import { promote } from './promote.ts';
import { resync } from './resync.ts';
import { ringFor } from './accept/ring-for.ts';
import { boardRoutes } from './show/board-routes.ts';
import { createBoardState } from './show/board-state.ts';
import { tellReleases } from './record/record-releases.ts';
import { createReleaseMeasures } from './record/measure-releases.ts';
import { createMetrics } from './record/metrics.ts';
import { createStaged } from './record/staged.ts';

const STOP_DEADLINE_MS = 25_000;
const clock = (): Date => new Date();

async function main(config: Config, logger: Logger): Promise<void> {
  const tracing = await startTracing('promoter');
  const registry = createRegistry('promoter');
  const metrics = createMetrics(registry);
  const budget = createGitHubBudget(clock);
  const { owner, name, branch, paths } = config.configRepository;
  const clients = createGitHubClients({
    ...config.github,
    budget,
    onRequest(operation, status, headers) {
      metrics.githubRequests.inc({ operation, status });
      metrics.githubBudget.set(budget.left());
      const resource = headers['x-ratelimit-resource'];
      if (resource !== undefined)
        metrics.githubRemaining.set({ resource: String(resource) }, Number(headers['x-ratelimit-remaining']));
    },
  });
  const octokitOf = () => clients.forOwner(owner, name);
  const onWarning = (message: string, error: unknown): void => logger.warn({ err: error }, message);

  const sender = await createSpanSender(process.env); // before anything calls back
  const cluster = follow({
    cluster: config.cluster,
    inbox: () => inbox,
    onChange: () => board.changed(),
    onObserved: (pipeline, environment, rollout) => telling.tracer.observed(pipeline, environment, rollout),
    logger,
  });
  const board = createBoardState(clock, () => cluster.problem());
  const source = createSourceReader(clients.forOwner, (url, commit) => config.releaseUrl(releaseTraceId(url, commit)));
  const rights = createReviewerRights(octokitOf, { owner, name });
  const configReader = createConfigReader({
    octokitOf,
    repository: { owner, name, branch, paths },
    source,
    rights,
    cluster,
    onWarning,
  });
  const enactor = createEnactor({ octokitOf, repository: { owner, name, branch } });
  const staged = createStaged(metrics);
  const measures = createReleaseMeasures(registry, () => configReader.knownPipelines());
  const telling = tellReleases({
    sender,
    report: createDeploymentReporter(clients.forOwner, () => budget.left()),
    announce: createArrivalAnnouncer(clients.forOwner),
    pipelines: () => configReader.knownPipelines(),
    configRepository: `${owner}/${name}`,
    facts: (application) => cluster.facts(application),
    urlOf: config.releaseUrl,
    metrics,
    measures,
    onChange: () => board.changed(),
    clock,
    logger,
  });

  const inbox: Inbox = createInbox({
    windowMs: config.coalesceMs,
    clock,
    async reconcile(round) {
      const end = metrics.reconcileDuration.startTimer();
      const outcome = await promote(round, {
        config: configReader,
        enactor,
        cluster,
        staged,
        clock,
        logger,
        onDecided(snapshot, decisions, at) {
          board.decided(snapshot, decisions, at);
          telling.tracer.decided(snapshot, at);
          for (const decision of decisions)
            if (decision.kind === 'ignore') board.ignored(decision.release, decision.reason);
        },
        onEnacted(enacted) {
          board.enacted(enacted);
          metrics.enacted.inc({ kind: enacted.kind });
        },
        tell: (done) => telling.tracer.enacted(done),
      });
      end();
      metrics.reconciles.inc({ outcome: 'done' });
      metrics.inboxDepth.set(inbox.depth());
      countHolds();
      return outcome;
    },
    onFailure(error, retryInMs) {
      metrics.reconciles.inc({ outcome: error instanceof TransientError ? 'transient failure' : 'failure' });
      logger.error(
        { err: error, retryInMs },
        retryInMs === undefined ? 'reconcile failed' : 'reconcile failed, trying again',
      );
    },
  });

  function countHolds(): void {
    metrics.holds.reset();
    for (const pipeline of board.board().pipelines) {
      for (const { gates } of pipeline.environments) {
        for (const gate of gates) if (!gate.isMet) metrics.holds.inc({ gate: gate.name });
      }
    }
  }

  const onFact = (fact: SourceFact): void => telling.tracer.sourceTold(fact);
  const context = { configRepository: `${owner}/${name}`, configBranch: branch };
  const replayer = createReplayer({
    app: clients.app,
    octokitOf: clients.forOwner,
    context,
    onFact: telling.tracer.sourceRecovered,
    clock,
    onWarning,
  });
  const resyncing = resync({
    config: configReader,
    replayer,
    inbox,
    intervalMs: config.resyncMs,
    clock,
    onRecovered: (releases) => metrics.recovered.inc(releases),
    logger,
  });

  let stopping = false;
  const take = (event: PromotionEvent): string | undefined => {
    const ring = ringFor(event, configReader.knownPipelines(), paths);
    if (typeof ring === 'string') return ring;
    const taken = inbox.ring(ring);
    if (event.kind === 'config changed' && ring.scope === 'all') resyncing.soon();
    metrics.inboxDepth.set(inbox.depth());
    return taken ? undefined : 'full';
  };
  const app = new Hono();
  app.route(
    '/',
    healthRoutes({
      problem: () =>
        stopping ? 'stopping' : resyncing.isReady() ? undefined : 'the config repository was not read yet',
    }),
  );
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  app.route(
    '/',
    webhookRoute({
      secrets: config.github.webhookSecrets,
      context,
      take,
      onOutcome: (event, outcome) => metrics.deliveries.inc({ event, outcome }),
      onFact,
      clock,
      logger,
    }),
  );
  app.route(
    '/',
    reportRoute({ token: config.reportToken, onFirstRequest: (fact) => telling.tracer.firstRequestServed(fact) }),
  );
  app.route('/', boardRoutes({ state: board, stories: telling.stories, templates: config.templates, clock }));
  app.onError((error, c) => {
    logger.error({ err: error, path: c.req.path }, 'request failed');
    return c.json({ outcome: 'failed', reason: 'the log says why' }, 500);
  });

  const server = createAdaptorServer({ fetch: app.fetch });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(config.port, config.host, resolve);
  await listening;
  logger.info({ address: server.address(), configRepository: context.configRepository }, 'listening');

  stopOnSignal({
    logger,
    deadlineMs: STOP_DEADLINE_MS,
    steps: [
      () => {
        stopping = true;
        resyncing.stop();
        server.close();
      },
      () => inbox.close(),
      () => cluster.stop(),
      () => telling.close(),
      () => tracing.shutdown(),
    ],
  });
}

try {
  const code = await runCommand(process.argv.slice(2), {
    out: (line) => process.stdout.write(line),
    error: (line) => process.stderr.write(line),
    readInput: () => text(process.stdin),
  });
  if (code === undefined) {
    const config = parseConfig(process.env);
    await main(config, createLogger({ service: 'promoter', level: config.logLevel }));
  } else process.exitCode = code;
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : `promoter did not start: ${error instanceof Error ? error.stack : String(error)}`}\n`,
  );
  process.exit(1);
}
