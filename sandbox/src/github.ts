// The GitHub stand-in alone: `npm run start:github -w sandbox`.
import { createLogger } from '@delivery/telemetry/logger';
import { stopOnSignal } from '@delivery/telemetry/service';
import { processEnvironment, readConfig } from './assemble/config.ts';
import { loadKeys } from './assemble/keys.ts';
import { startGitHub } from './assemble/start-github.ts';
import { say } from './commands/terminal.ts';
import { freePort } from './http/listen.ts';

const { dataDirectory, ports, soak, webhookUrl, registryUrl } = readConfig();
const logger = createLogger({ service: 'github' });
const { url, close } = await startGitHub({
  dataDirectory,
  environment: processEnvironment,
  keys: await loadKeys(dataDirectory),
  port: ports.github ?? (await freePort()),
  webhookUrl,
  registryUrl,
  soak,
  logger,
});
const destination = webhookUrl ? `are sent to ${webhookUrl}` : 'are sent nowhere: set WEBHOOK_URL';
say(`GitHub stand-in: ${url} (API at ${url}/api/v3; webhooks ${destination})`);
stopOnSignal({ logger, deadlineMs: 10_000, steps: [close] });
