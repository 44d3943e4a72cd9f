// The GitHub stand-in alone: `npm run start:github -w sandbox`.
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { stopOnSignal } from '@delivery/telemetry/service';
import { loadKeys } from './assemble/keys.ts';
import { freePort, listen } from './http/listen.ts';
import { githubSettings } from './assemble/github-settings.ts';
import { parseSettings } from './assemble/config.ts';
import { say } from './commands/terminal.ts';
import { createGitHub } from './github/github.ts';

const { dataDirectory, ports, soak } = parseSettings(process.env);
const keys = await loadKeys(dataDirectory);
const port = ports.github ?? (await freePort());
const logger = createLogger({ service: 'github' });
const github = await createGitHub({
  ...githubSettings({
    origin: `http://127.0.0.1:${port}`,
    dataDirectory: path.join(dataDirectory, 'github'),
    keys,
    webhookUrl: process.env['WEBHOOK_URL'] ?? '',
    registryUrl: process.env['REGISTRY_URL'],
    soak,
  }),
  onError: (error) => logger.error({ err: error }, 'GitHub stand-in failed'),
});
const server = await listen('GitHub', github.fetch, port);
say(
  `GitHub stand-in: ${server.url} (API at ${server.url}/api/v3; webhooks go to ${process.env['WEBHOOK_URL'] ?? 'nobody: set WEBHOOK_URL'})`,
);
stopOnSignal({ logger, deadlineMs: 10_000, steps: [() => server.close(), () => github.close()] });
