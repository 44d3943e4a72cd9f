// The one import of a service: logs, metrics, traces and an ordered stop, configured by the standard OTEL_* variables.
import type { MiddlewareHandler } from 'hono';
import { type DatabaseIdentity, observeDatabase } from './drizzle.ts';
import { httpServerTelemetry } from './http-server.ts';
import { createLogger, type Logger } from './logger.ts';
import { createRegistry, type Registry } from './metrics.ts';
import { startTracing } from './tracing.ts';

export { stopOnSignal } from './service.ts';
export type { Logger } from './logger.ts';
export type { Registry } from './metrics.ts';

export interface TelemetrySettings {
  /** The node in the service graph; OTEL_SERVICE_NAME wins. */
  service: string;
  logLevel: string;
  /** Of every span, as resource attributes by their conventional names; OTEL_RESOURCE_ATTRIBUTES wins. */
  resource: Record<string, string>;
}

export interface Telemetry {
  readonly logger: Logger;
  readonly registry: Registry;
  /** Spans and durations of incoming requests. */
  httpServer(): MiddlewareHandler;
  /** Spans and durations of a drizzle database's statements. Call it before any is prepared. */
  observeDatabase(db: Parameters<typeof observeDatabase>[0], identity: DatabaseIdentity): void;
  /** Sends what is still buffered; never throws. */
  shutdown(): Promise<void>;
}

export async function startTelemetry({ service, logLevel, resource }: TelemetrySettings): Promise<Telemetry> {
  const tracing = await startTracing(service, { resource });
  const registry = createRegistry(service);
  return {
    logger: createLogger({ service, level: logLevel }),
    registry,
    httpServer: () => httpServerTelemetry(registry, tracing.enabled),
    observeDatabase: (db, identity) => observeDatabase(db, identity, registry, tracing.enabled),
    shutdown: () => tracing.shutdown(),
  };
}
