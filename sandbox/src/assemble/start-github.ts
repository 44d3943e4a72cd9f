import type { Logger } from '@delivery/telemetry/logger';
import { createGitHub, type GitHub } from '../github/github.ts';
import { listen } from '../http/listen.ts';
import { githubSettings, type GitHubStart } from './github-settings.ts';

export interface RunningGitHub {
  github: GitHub;
  url: string;
  close(): Promise<void>;
}

export async function startGitHub(start: GitHubStart & { logger: Logger }): Promise<RunningGitHub> {
  const github = await createGitHub({
    ...githubSettings(start),
    onError: (error) => start.logger.error({ err: error }, 'GitHub stand-in failed'),
  });
  const server = await listen('GitHub', github.fetch, start.port);
  return {
    github,
    url: server.url,
    async close() {
      await github.close(); // running workflows still call the server
      await server.close();
    },
  };
}
