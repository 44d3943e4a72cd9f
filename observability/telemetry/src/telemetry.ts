// Everything that a service imports: logs, metrics, traces and an ordered stop, configured by the standard OTEL_* variables.
import type { MiddlewareHandler } from 'hono';
import { readTelemetryConfig } from './config.ts';
import { type DatabaseIdentity, observeDatabase } from './drizzle.ts';
import { httpServerTelemetry } from './http-server.ts';
import { createLogger, type Logger } from './logger.ts';
import { createRegistry, exposeTarget, type Registry } from './metrics.ts';
import type { JoinedRelease, ReleaseIdentity } from './release/join-release.ts';
import type { ReportSettings } from './release/report-first-request.ts';
import { createRequestLog, type RequestLogSettings } from './request-log.ts';
import { startTracing } from './tracing.ts';

export { stopOnSignal } from './service.ts';
export type { Logger } from './logger.ts';
export type { Registry } from './metrics.ts';
export type { RequestLogSettings } from './request-log.ts';

export interface TelemetrySettings {
  /** The node in the service graph; OTEL_SERVICE_NAME wins. */
  service: string;
  logLevel: string;
  /** Of every span, as resource attributes by their conventional names; OTEL_RESOURCE_ATTRIBUTES wins. */
  resource: Record<string, string>;
  /** The release that this process runs; undefined where it runs none, or where that is not known. */
  release?: Omit<ReleaseIdentity, 'service'> | undefined;
  /** A line per request; without it there is none. */
  requestLog?: RequestLogSettings | undefined;
  /** Where to report the first request served. */
  report?: ReportSettings | undefined;
}

export interface Telemetry {
  readonly logger: Logger;
  readonly registry: Registry;
  /** Spans and durations of incoming requests. */
  httpServer(): MiddlewareHandler;
  /** Spans and durations of a drizzle database's statements. Call it before any statement is prepared. */
  observeDatabase(db: Parameters<typeof observeDatabase>[0], identity: DatabaseIdentity): void;
  /** The trace of the release that this process runs; without a release, `during` only runs the work and `ready` does nothing. */
  readonly release: Pick<JoinedRelease, 'during' | 'ready'>;
  /** Exports what is still buffered; never throws. */
  shutdown(): Promise<void>;
}

export async function startTelemetry(settings: TelemetrySettings): Promise<Telemetry> {
  const { service, logLevel, resource } = settings;
  const tracing = await startTracing(service, { resource });
  const registry = createRegistry(service);
  exposeTarget(registry, resource);
  const logger = createLogger({ service, level: logLevel });
  const joined = settings.release && (await join(settings.release, settings, logger));
  return {
    logger,
    registry,
    httpServer: () =>
      httpServerTelemetry({
        registry,
        isTracing: tracing.enabled,
        onServed: joined?.release.served,
        log: settings.requestLog && createRequestLog(logger, settings.requestLog),
      }),
    observeDatabase: (db, identity) => observeDatabase(db, identity, registry, tracing.enabled),
    release: joined?.release ?? { during: (work) => work(), ready: () => undefined },
    async shutdown() {
      await Promise.all([tracing.shutdown(), joined?.close()]);
    },
  };
}

async function join(
  release: Omit<ReleaseIdentity, 'service'>,
  { service, report }: TelemetrySettings,
  logger: Logger,
): Promise<{ release: JoinedRelease; close(): Promise<void> }> {
  // Loaded only where there is a release to join.
  const [{ joinRelease }, { createSpanSpool }, { createSpanSender }, { reportFirstRequest }] = await Promise.all([
    import('./release/join-release.ts'),
    import('./release/span-spool.ts'),
    import('./release/otlp-sender.ts'),
    import('./release/report-first-request.ts'),
  ]);
  const sender = await createSpanSender();
  const onOutcome = (outcome: string, _spans: number, error?: unknown): void => {
    if (outcome !== 'exported') logger.warn({ err: error }, 'spans of this release were not exported');
  };
  const spool = sender && createSpanSpool({ send: (spans) => sender.send(spans), onOutcome });
  return {
    release: joinRelease(
      { ...release, service: readTelemetryConfig().serviceName ?? service },
      {
        record: (spans) => spool?.add(spans),
        onFirstRequest(request) {
          if (!report) return;
          reportFirstRequest(report, request).catch((error: unknown) => {
            logger.warn({ err: error }, 'the first request was not reported');
          });
        },
        processStartMs: performance.timeOrigin,
        clock: () => new Date(),
      },
    ),
    async close() {
      await spool?.flush();
      await sender?.shutdown();
    },
  };
}
