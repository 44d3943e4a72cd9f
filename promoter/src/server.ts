#!/usr/bin/env node
// A Node process: one long-lived promoter, or a command.
import { text } from 'node:stream/consumers';
import { createLogger, type Logger } from '@delivery/telemetry/logger';
import { createSpanSender } from '@delivery/telemetry/release';
import { stopOnSignal } from '@delivery/telemetry/service';
import { startTracing } from '@delivery/telemetry/tracing';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { runCommand } from './show/command-line.ts';

const STOP_DEADLINE_MS = 25_000;

async function serve(config: Config, logger: Logger): Promise<void> {
  const tracing = await startTracing('promoter');
  const sender = await createSpanSender();
  const app = createApp({ config, sender, clock: () => new Date(), logger });
  const server = createAdaptorServer({ fetch: app.fetch });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(config.port, config.host, resolve);
  await listening;
  const { owner, name } = config.configRepository;
  logger.info({ address: server.address(), configRepository: `${owner}/${name}` }, 'listening');
  app.start();

  stopOnSignal({
    logger,
    deadlineMs: STOP_DEADLINE_MS,
    steps: [
      () => {
        app.drain();
        server.close();
      },
      () => app.close(),
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
    const config = readConfig();
    await serve(config, createLogger({ service: 'promoter', level: config.logLevel }));
  } else process.exitCode = code;
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : `promoter did not start: ${error instanceof Error ? error.stack : String(error)}`}\n`,
  );
  process.exit(1);
}
