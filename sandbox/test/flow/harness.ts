// A sandbox with a small application and short waits, and what flow tests ask and do there.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BoardView, EnvironmentView } from 'promoter/board';
import { personalToken } from '../../src/github/callers.ts';
import type { Commit } from '../../src/git/git-object.ts';
import { pushRelease } from '../../src/commands/push-release.ts';
import { CONFIG_REPOSITORY } from '../../src/assemble/github-settings.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/assemble/start-sandbox.ts';
import type { PullRequest } from '../../src/github/world.ts';

/** Longer than the 30 s after which the promoter gives up a silent watch. */
const TIMEOUT_MS = 40_000;

export interface Harness {
  sandbox: Sandbox;
  /** Resolves when the promoter is ready. */
  ready: Promise<void>;
  /** Resolves when the workflow has pushed the image of a commit. */
  imageOf(commit: string): Promise<{ tag: string }>;
  push(banner?: string): Promise<{ commit: string; tag: string }>;
  board(): Promise<BoardView>;
  environment(name: string, pipeline?: string): Promise<EnvironmentView>;
  /** Commits of the config repository, newest first. */
  history(): Promise<Commit[]>;
  pullRequests(): PullRequest[];
  openPullRequest(environment: string): PullRequest | undefined;
  review(number: number, login: string, event?: string, commit?: string): Promise<Response>;
  api(method: string, path: string, login: string, body?: object): Promise<Response>;
  /** Commits a file of the config repository as a person. */
  editConfig(file: string, edit: (text: string) => string, login?: string): Promise<void>;
  /** Polls until `look` finds something; fails with the state of the board and the cluster. */
  eventually<Value>(
    what: string,
    look: () => Promise<Value | undefined | false> | Value | undefined | false,
  ): Promise<Value>;
  runsEverywhere(tag: string, environments?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface HarnessOptions extends Partial<SandboxOptions> {
  /** Called before the promoter starts; then it is not waited for, because it may never be ready. */
  prepare?: (sandbox: Sandbox) => Promise<void> | void;
}

export async function startHarness({ prepare, ...options }: HarnessOptions = {}): Promise<Harness> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'sandbox-flow-'));
  const sandbox = await startSandbox({
    dataDirectory,
    soak: '1s',
    ports: {},
    sourceFolder: path.join(import.meta.dirname, '../app'),
    logLevel: 'error',
    telemetry: {},
    ...options,
    promoterEnv: { COALESCE_MS: '150', LOG_LEVEL: 'debug', ...options.promoterEnv },
  });
  await prepare?.(sandbox);
  const ready = sandbox.promoter.start();
  if (prepare) ready.catch(() => undefined);
  else await ready;
  const { urls, github } = sandbox;
  const { world } = github.hub.store;

  const api: Harness['api'] = (method, route, login, body) =>
    fetch(`${urls.github}/api/v3${route}`, {
      method,
      headers: { authorization: `Bearer ${personalToken(login)}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const board = async (): Promise<BoardView> => (await (await fetch(`${urls.board}/api/board`)).json()) as BoardView;
  const environment: Harness['environment'] = async (name, pipeline = 'todo') => {
    const found = (await board()).pipelines
      .find((view) => view.name === pipeline)
      ?.environments.find((view) => view.name === name);
    if (!found) throw new Error(`the board has no ${pipeline}/${name}`);
    return found;
  };

  const eventually: Harness['eventually'] = async (what, look) => {
    const deadline = Date.now() + TIMEOUT_MS;
    let problem = '';
    while (Date.now() < deadline) {
      try {
        const found = await look();
        if (found !== undefined && found !== false) return found;
      } catch (error) {
        problem = String(error);
      }
      await pause(50);
    }
    const view = JSON.stringify(await board().catch(String), null, 1);
    // The Applications show whether the cluster is stuck, or the promoter has not noticed a change.
    const applications = sandbox.cluster.store
      .list('Application')
      .map(({ metadata, status }) => `${metadata.name} ${JSON.stringify(status)}`);
    throw new Error(
      [
        `${what} did not happen in ${TIMEOUT_MS} ms. ${problem}`,
        view,
        ...applications,
        ...sandbox.promoter.lastLines(25),
      ].join('\n'),
    );
  };

  const history = async (): Promise<Commit[]> => {
    const repository = world.repositories.find(({ name }) => name === 'gitops-config');
    return repository ? github.hub.gitOf(repository).log('refs/heads/main', 200) : [];
  };

  const imageOf: Harness['imageOf'] = async (commit) => {
    const tag = await eventually(`the image of ${commit.slice(0, 7)}`, () =>
      world.packageVersions.flatMap(({ tags }) => tags).find((candidate) => candidate.endsWith(commit.slice(0, 7))),
    );
    return { tag };
  };

  return {
    sandbox,
    ready,
    board,
    environment,
    history,
    api,
    eventually,
    imageOf,
    async push(banner) {
      const { commit } = await pushRelease(urls.github, banner);
      return { commit, ...(await imageOf(commit)) };
    },
    pullRequests: () => world.pullRequests,
    openPullRequest: (name) =>
      world.pullRequests.find(
        ({ state, headRef, forkOwner }) =>
          state === 'open' && headRef === `promote/todo/${name}` && forkOwner === undefined,
      ),
    review: (number, login, event = 'APPROVE', commit) =>
      api('POST', `/repos/${CONFIG_REPOSITORY}/pulls/${number}/reviews`, login, {
        event,
        body: 'as the test says',
        ...(commit ? { commit_id: commit } : {}),
      }),
    async editConfig(file, edit, login = 'dana') {
      const route = `/repos/${CONFIG_REPOSITORY}/contents/${file}`;
      // The promoter may commit between a person's read and write: the person reads again, as the promoter does.
      await eventually(`the edit of ${file}`, async () => {
        const answer = await api('GET', route, login);
        const { content = '', sha } = answer.ok ? ((await answer.json()) as { content: string; sha: string }) : {};
        const text = edit(Buffer.from(content, 'base64').toString());
        const body = {
          message: `chore: edit ${file}`,
          content: Buffer.from(text).toString('base64'),
          ...(sha ? { sha } : {}),
        };
        const put = await api('PUT', route, login, body);
        if (!put.ok && put.status !== 409) throw new Error(`edit ${file}: ${put.status} ${await put.text()}`);
        return put.ok;
      });
    },
    async runsEverywhere(tag, environments = ['dev', 'staging', 'prod']) {
      for (const name of environments) {
        await eventually(`${name} to run ${tag} healthily`, async () => {
          const view = await environment(name);
          return view.runs?.tag === tag && view.rollout.state === 'healthy';
        });
      }
    },
    async close() {
      await sandbox.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** `Key: value` pairs of a commit message's last paragraphs. */
export function trailersOf(commit: Commit): Record<string, string> {
  return Object.fromEntries(
    commit.message
      .split('\n')
      .flatMap((line) => (/^[A-Z][A-Za-z-]+: /.test(line) ? [line.split(/: (.*)/s).slice(0, 2)] : [])) as [
      string,
      string,
    ][],
  );
}
