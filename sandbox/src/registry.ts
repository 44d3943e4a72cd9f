// The registry alone: `npm run start:registry -w sandbox`.
import path from 'node:path';
import { createLogger } from '@delivery/telemetry/logger';
import { stopOnSignal } from '@delivery/telemetry/service';
import { loadKeys } from './assemble/keys.ts';
import { listen } from './http/listen.ts';
import { parseSettings } from './assemble/config.ts';
import { say } from './commands/terminal.ts';
import { openBlobStore } from './registry/blob-store.ts';
import { createRegistry } from './registry/registry.ts';
import { reportToGitHub } from './assemble/report-to-github.ts';

const { dataDirectory, ports } = parseSettings(process.env);
const keys = await loadKeys(dataDirectory);
const githubUrl = process.env['GITHUB_URL'];
const registry = createRegistry({
  store: await openBlobStore(path.join(dataDirectory, 'registry')),
  pushToken: keys.registryToken,
  onPublished: githubUrl ? reportToGitHub(githubUrl) : () => Promise.resolve(),
});
const server = await listen('registry', (request) => registry.fetch(request), ports.registry ?? 0);
say(
  `Registry: ${server.url} (pushes need the password ${keys.registryToken}; events go to ${githubUrl ?? 'nobody: set GITHUB_URL'})`,
);
stopOnSignal({ logger: createLogger({ service: 'registry' }), deadlineMs: 10_000, steps: [() => server.close()] });
