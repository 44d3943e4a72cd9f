import path from 'node:path';
import { listen, type Listening } from '../http/listen.ts';
import { openBlobStore } from '../registry/blob-store.ts';
import { createRegistry } from '../registry/registry.ts';
import { reportToGitHub } from './report-to-github.ts';

export interface RegistryStart {
  /** The data folder of the sandbox. */
  dataDirectory: string;
  pushToken: string;
  /** 0 picks a free port. */
  port: number;
  /** Undefined: pushes are reported to nobody. */
  githubUrl: string | undefined;
}

export async function startRegistry({ dataDirectory, pushToken, port, githubUrl }: RegistryStart): Promise<Listening> {
  const registry = createRegistry({
    store: await openBlobStore(path.join(dataDirectory, 'registry')),
    pushToken,
    onPublished: githubUrl ? reportToGitHub(githubUrl) : () => Promise.resolve(),
  });
  return listen('registry', (request) => registry.fetch(request), port);
}
