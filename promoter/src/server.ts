#!/usr/bin/env node
// A Node process: one long-lived promoter, or a command.
import { text } from 'node:stream/consumers';
import { createLogger, type Logger } from '@delivery/telemetry/logger';
import { createSpanSender } from '@delivery/telemetry/release';
import { stopOnSignal } from '@delivery/telemetry/service';
import { startTracing } from '@delivery/telemetry/tracing';
import { createApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { listen } from './listen.ts';
import { runCommand } from './show/command-line.ts';

const STOP_DEADLINE_MS = 25_000;

async function serve(config: Config, logger: Logger): Promise<void> {
  const tracing = await startTracing('promoter');
  const sender = await createSpanSender();
  const app = createApp({ config, sender, clock: () => new Date(), logger });
  const { host, port, adminPort } = config;
  const listeners = [await listen({ fetch: app.fetch, host, port })];
  if (adminPort !== undefined) listeners.push(await listen({ fetch: app.admin, host, port: adminPort }));
  const { owner, name } = config.configRepository;
  const addresses = listeners.map(({ address }) => address);
  logger.info({ addresses, configRepository: `${owner}/${name}` }, 'listening');
  app.start();

  stopOnSignal({
    logger,
    deadlineMs: STOP_DEADLINE_MS,
    steps: [
      () => {
        app.drain();
        for (const listener of listeners) listener.close();
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
