// The registry alone: `npm run start:registry -w sandbox`.
import { createLogger } from '@delivery/telemetry/logger';
import { stopOnSignal } from '@delivery/telemetry/service';
import { readConfig } from './assemble/config.ts';
import { loadKeys } from './assemble/keys.ts';
import { startRegistry } from './assemble/start-registry.ts';
import { say } from './commands/terminal.ts';

const { dataDirectory, ports, githubUrl } = readConfig();
const { registryToken } = await loadKeys(dataDirectory);
const registry = await startRegistry({
  dataDirectory,
  pushToken: registryToken,
  port: ports.registry ?? 0,
  githubUrl,
});
const destination = githubUrl ? `are sent to ${githubUrl}` : 'are sent nowhere: set GITHUB_URL';
say(`Registry: ${registry.url} (pushing needs the password ${registryToken}; events ${destination})`);
stopOnSignal({ logger: createLogger({ service: 'registry' }), deadlineMs: 10_000, steps: [() => registry.close()] });
