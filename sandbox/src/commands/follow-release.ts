// Follows one release from its push to production, through the same URLs that people use.
import { setTimeout as wait } from 'node:timers/promises';
import { ENVIRONMENTS, type EnvironmentName } from '../assemble/config.ts';
import { CONFIG_REPOSITORY, ORGANIZATION, SOURCE_REPOSITORY } from '../assemble/github-settings.ts';
import type { Sandbox } from '../assemble/start-sandbox.ts';
import { splitMessage } from '../git/git-object.ts';
import { personalToken } from '../github/callers.ts';
import { repositoryNamed } from '../github/hub.ts';
import { RELEASE_MANAGER } from '../github/people.ts';
import type { PushedRelease } from './push-release.ts';

export interface Arrival {
  environment: EnvironmentName;
  digest: string;
  /** The short commit id in the config repository. */
  commit: string;
  /** Undefined for a direct commit. */
  pullRequest: number | undefined;
  how: string;
  at: Date;
  secondsSincePush: number;
}

export interface FollowedRelease {
  tag: string;
  traceId: string | undefined;
  arrivals: Arrival[];
}

/** A stage failed or was not reached in time. */
export class StageError extends Error {
  override name = 'StageError';
  readonly stage: string;
  constructor(stage: string, reason: string) {
    super(`${stage}: ${reason}`);
    this.stage = stage;
  }
}

/** Without any progress, as the promoter's log shows it: a slow machine may take as long as it needs. */
const STANDSTILL_MS = 120_000;
const LOOK_INTERVAL_MS = 100;

async function until<Value>(
  { promoter }: Sandbox,
  stage: string,
  waitedFor: string,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  let last: string | undefined;
  let progressMs = performance.now();
  while (performance.now() - progressMs < STANDSTILL_MS) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(LOOK_INTERVAL_MS);
    const [line] = promoter.lastLines(1);
    if (line !== last) progressMs = performance.now();
    last = line;
  }
  throw new StageError(stage, `nothing has happened for ${STANDSTILL_MS / 1000} s, waiting for ${waitedFor}`);
}

export interface FollowOptions {
  /** Approve the pull request for prod as the release manager. */
  approve: boolean;
  onArrival?(arrival: Arrival): void;
}

/** @throws StageError */
export async function followRelease(
  sandbox: Sandbox,
  pushed: PushedRelease,
  { approve, onArrival }: FollowOptions,
): Promise<FollowedRelease> {
  const { tag, digest } = await publishedImage(sandbox, pushed.commit);
  const arrivals: Arrival[] = [];
  let traceId: string | undefined;
  for (const environment of ENVIRONMENTS) {
    const page = `${sandbox.urls.todo[environment]}/version`;
    let approved = !approve || environment !== 'prod';
    const at = await until(sandbox, environment, `${environment} to report ${short(digest)} on ${page}`, async () => {
      approved ||= await approveWhenOpen(sandbox, environment, tag);
      return (await runningDigest(page)) === digest ? new Date() : undefined;
    });
    const { traceId: recorded, ...promotion } = await promotionOf(sandbox, environment, digest);
    traceId ??= recorded;
    const secondsSincePush = (at.getTime() - pushed.pushedAt.getTime()) / 1000;
    const arrival: Arrival = { environment, digest, ...promotion, at, secondsSincePush };
    arrivals.push(arrival);
    onArrival?.(arrival);
  }
  return { tag, traceId, arrivals };
}

const short = (digest: string): string => digest.slice(0, 19);

/** Waits for the image of a commit, whose tag ends with the short commit id. */
async function publishedImage(sandbox: Sandbox, commit: string): Promise<{ tag: string; digest: string }> {
  const { world } = sandbox.github.hub.store;
  const suffix = commit.slice(0, 7);
  return until(sandbox, 'publish', `an image of commit ${suffix} in the registry`, async () => {
    const failed = world.workflowRuns.find((run) => run.headSha === commit && run.conclusion === 'failure');
    if (failed) throw new StageError('build', `the workflow run failed: ${failed.log}`);
    for (const { image, tags, digest } of world.packageVersions) {
      const tag = tags.find((candidate) => candidate.endsWith(suffix));
      if (image === SOURCE_REPOSITORY && tag !== undefined) return { tag, digest };
    }
    return undefined;
  });
}

/** Returns undefined while nothing answers at that URL. */
async function runningDigest(page: string): Promise<string | null | undefined> {
  try {
    const response = await fetch(page);
    return response.ok ? ((await response.json()) as { digest: string | null }).digest : undefined;
  } catch {
    return undefined;
  }
}

/** @returns true once there was a pull request of this release to approve. */
async function approveWhenOpen({ urls }: Sandbox, environment: EnvironmentName, tag: string): Promise<boolean> {
  const pulls = `${urls.github}/api/v3/repos/${CONFIG_REPOSITORY}/pulls`;
  const response = await fetch(`${pulls}?head=${ORGANIZATION}:promote/todo/${environment}`);
  const [pull] = (await response.json()) as { number: number; title: string; head: { sha: string } }[];
  if (!pull?.title.endsWith(` ${tag}`)) return false;
  const answer = await fetch(`${pulls}/${pull.number}/reviews`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${personalToken(RELEASE_MANAGER.login)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ event: 'APPROVE', commit_id: pull.head.sha, body: 'Reviewed and approved.' }),
  });
  if (!answer.ok) throw new Error(`approve #${pull.number}: ${answer.status} ${await answer.text()}`);
  return true;
}

interface Promotion extends Pick<Arrival, 'commit' | 'pullRequest' | 'how'> {
  traceId: string | undefined;
}

/** Reads the trailers of the commit that promoted a digest to an environment. @throws StageError when there is none. */
async function promotionOf({ github }: Sandbox, environment: string, digest: string): Promise<Promotion> {
  const repository = repositoryNamed(github.hub, CONFIG_REPOSITORY);
  const commits = await github.hub.gitOf(repository).log(repository.defaultBranch, 100);
  const commit = commits.find(
    ({ message }) => message.includes(`Promotion: todo/${environment}\n`) && message.includes(digest),
  );
  if (!commit) throw new StageError(environment, `no commit of ${CONFIG_REPOSITORY} promoted ${short(digest)}`);
  const { headline, body } = splitMessage(commit.message);
  const number = /\(#(\d+)\)$/.exec(headline)?.[1];
  return {
    commit: commit.oid.slice(0, 7),
    pullRequest: number === undefined ? undefined : Number(number),
    how: number === undefined ? 'direct commit' : `pull request, ${whatMerged(body)}`,
    traceId: /^Traceparent: 00-([0-9a-f]{32})-/m.exec(body)?.[1],
  };
}

function whatMerged(body: string): string {
  const approvedBy = /^Approved-by: (.+)$/m.exec(body)?.[1];
  return approvedBy ? `approved by ${approvedBy}` : 'after the soak';
}

/** Returns the number of calls to GitHub's API that the promoter made since it started. */
export async function githubCalls(boardUrl: string): Promise<number> {
  const metrics = await (await fetch(`${boardUrl}/metrics`)).text();
  const counts = [...metrics.matchAll(/^promoter_github_requests_total\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
