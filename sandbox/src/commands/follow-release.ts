// Follows one release from its push to production, over the same addresses that people use.
import { setTimeout as wait } from 'node:timers/promises';
import { personalToken } from '../github/callers.ts';
import { CONFIG_REPOSITORY, SOURCE_REPOSITORY } from '../assemble/github-settings.ts';
import { type Sandbox } from '../assemble/start-sandbox.ts';
import { ENVIRONMENTS, type EnvironmentName } from '../assemble/config.ts';
import type { PushedRelease } from './push-release.ts';

export interface Arrival {
  environment: EnvironmentName;
  digest: string;
  /** Short commit of the config repository, and the pull request that brought it, if one did. */
  commit: string;
  pullRequest: number | undefined;
  how: string;
  at: Date;
  secondsSincePush: number;
}

export interface FollowedRelease {
  tag: string;
  digest: string;
  traceId: string | undefined;
  arrivals: Arrival[];
}

/** A stage that did not come: which one, and what was waited for. */
export class StageError extends Error {
  override name = 'StageError';
  readonly stage: string;
  readonly waitedFor: string;
  constructor(stage: string, waitedFor: string, seconds: number) {
    super(`${stage}: waited ${seconds} s for ${waitedFor}`);
    this.stage = stage;
    this.waitedFor = waitedFor;
  }
}

const STAGE_TIMEOUT_MS = 90_000;
const LOOK_INTERVAL_MS = 100;
const MANAGER = 'rene';

async function until<Value>(stage: string, waitedFor: string, look: () => Promise<Value | undefined>): Promise<Value> {
  const deadline = Date.now() + STAGE_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(LOOK_INTERVAL_MS);
  }
  throw new StageError(stage, waitedFor, STAGE_TIMEOUT_MS / 1000);
}

interface PullRequestAnswer {
  number: number;
  head: { sha: string; ref: string };
}

export async function approvePullRequest(
  githubUrl: string,
  number: number,
  commit: string,
  login = MANAGER,
): Promise<Response> {
  return fetch(`${githubUrl}/api/v3/repos/${CONFIG_REPOSITORY}/pulls/${number}/reviews`, {
    method: 'POST',
    headers: { authorization: `Bearer ${personalToken(login)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'APPROVE', commit_id: commit, body: 'Reviewed and approved.' }),
  });
}

export interface FollowOptions {
  /** Approve as the release manager when prod waits for it. */
  approve: boolean;
  onArrival?(arrival: Arrival): void;
}

/** @throws StageError */
export async function followRelease(
  sandbox: Sandbox,
  pushed: PushedRelease,
  { approve, onArrival }: FollowOptions,
): Promise<FollowedRelease> {
  const { hub } = sandbox.github;
  const image = SOURCE_REPOSITORY;
  const version = await until('publish', `an image of commit ${pushed.commit.slice(0, 7)} in the registry`, () => {
    const failed = hub.store.world.workflowRuns.find(
      (run) => run.headSha === pushed.commit && run.conclusion === 'failure',
    );
    if (failed) throw new StageError('build', `the workflow run, which failed: ${failed.log}`, 0);
    const found = hub.store.world.packageVersions.find(
      (candidate) => candidate.image === image && candidate.tags.some((tag) => tag.endsWith(pushed.commit.slice(0, 7))),
    );
    return Promise.resolve(found);
  });
  const tag = version.tags[0] ?? '';
  const arrivals: Arrival[] = [];
  let traceId: string | undefined;
  for (const environment of ENVIRONMENTS) {
    let approved = !approve || environment !== 'prod';
    const at = await until(
      environment,
      `${environment} to report ${version.digest.slice(0, 19)} on ${sandbox.urls.todo[environment]}/version`,
      async () => {
        if (!approved) approved = await approveWhenOpen(sandbox, `promote/todo/${environment}`, tag);
        const running = await fetch(`${sandbox.urls.todo[environment]}/version`).then(
          (response) => (response.ok ? (response.json() as Promise<{ digest: string | null }>) : undefined),
          () => undefined,
        );
        return running?.digest === version.digest ? new Date() : undefined;
      },
    );
    const record = await promotionOf(sandbox, environment, version.digest);
    traceId ??= record.traceId;
    const arrival: Arrival = {
      environment,
      digest: version.digest,
      commit: record.commit,
      pullRequest: record.pullRequest,
      how: record.how,
      at,
      secondsSincePush: (at.getTime() - pushed.pushedAt.getTime()) / 1000,
    };
    arrivals.push(arrival);
    onArrival?.(arrival);
  }
  return { tag, digest: version.digest, traceId, arrivals };
}

async function approveWhenOpen({ urls }: Sandbox, branch: string, tag: string): Promise<boolean> {
  const response = await fetch(`${urls.github}/api/v3/repos/${CONFIG_REPOSITORY}/pulls?head=acme:${branch}`);
  const [pull] = (await response.json()) as (PullRequestAnswer & { title: string })[];
  if (!pull?.title.endsWith(` ${tag}`)) return false;
  const answer = await approvePullRequest(urls.github, pull.number, pull.head.sha);
  if (!answer.ok) throw new Error(`approve #${pull.number}: ${answer.status} ${await answer.text()}`);
  return true;
}

/** The commit of the config repository that brought a digest to an environment, as its trailers tell. */
async function promotionOf({ github }: Sandbox, environment: string, digest: string) {
  const [owner, name] = CONFIG_REPOSITORY.split('/');
  const repository = github.hub.store.world.repositories.find(
    (candidate) => candidate.owner === owner && candidate.name === name,
  );
  if (!repository) throw new Error(`${CONFIG_REPOSITORY} is missing`);
  const commits = await github.hub.gitOf(repository).log(repository.defaultBranch, 100);
  const commit = commits.find(
    ({ message }) => message.includes(`Promotion: todo/${environment}\n`) && message.includes(digest),
  );
  const pullRequest = /\(#(\d+)\)$/.exec(commit?.message.split('\n')[0] ?? '')?.[1];
  const approvedBy = /^Approved-by: (.+)$/m.exec(commit?.message ?? '')?.[1];
  const how =
    pullRequest === undefined
      ? 'direct commit'
      : approvedBy
        ? `pull request, approved by ${approvedBy}`
        : 'pull request, after the soak';
  return {
    commit: commit?.oid.slice(0, 7) ?? '',
    pullRequest: pullRequest === undefined ? undefined : Number(pullRequest),
    how,
    traceId: /^Traceparent: 00-([0-9a-f]{32})-/m.exec(commit?.message ?? '')?.[1],
  };
}

/** Calls to GitHub's API that the promoter made since it started. */
export async function githubCalls(boardUrl: string): Promise<number> {
  const metrics = await (await fetch(`${boardUrl}/metrics`)).text();
  const counts = [...metrics.matchAll(/^promoter_github_requests_total\{[^}]*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
