// Asks for the snapshot, whole: as many requests as there are pages, all at one commit, and what may be read where not everything may.
import { z } from 'zod';
import { fullName, type Repository } from '../decide/repository.ts';
import { TerminalError, TransientError } from '../errors.ts';
import type { GitHub } from '../github/client.ts';
import { type ForbiddenPath, readableData, toPromoterError } from '../github/errors.ts';
import { permissionFor } from '../github/permissions.ts';
import type { OnBound } from '../ports.ts';
import { readRemainingPages } from './remaining-pages.ts';
import { type MissingBranch, parseSnapshotAnswer, type SnapshotAnswer } from './snapshot-answer.ts';
import { type EnvironmentRequest, type SnapshotQuery, snapshotQuery } from './snapshot-query.ts';

/**
 * GitHub refuses documents that could return more than 500,000 nodes; a pull-request environment asks for up to 700 (a hundred reviews
 * with their commits, a hundred checks, a hundred closed pull requests).
 */
const ENVIRONMENTS_PER_REQUEST = 200;
/** Where GitHub fails at a request of many environments, it may have taken longer than its ten seconds: the next asks for half of them. */
const FEWEST_PER_REQUEST = 25;

/** GitHub failed, and asked us to wait for nothing: it says so by a status, or with 200 and an error of no type. */
const isTooMuch = (failure: TransientError | TerminalError): boolean =>
  failure instanceof TransientError && failure.retryAfterMs === undefined;

export interface SnapshotAskerDeps {
  github: () => Promise<GitHub>;
  repository: Repository & { branch: string; paths: readonly string[] };
  onBound: OnBound;
}

export type WholeAnswer = SnapshotAnswer & { forbidden: ForbiddenPath[] };

export function createSnapshotAsker(
  deps: SnapshotAskerDeps,
): (environments: readonly EnvironmentRequest[]) => Promise<WholeAnswer> {
  const { owner, name, branch, paths } = deps.repository;
  const label = fullName(deps.repository);
  let perRequest = ENVIRONMENTS_PER_REQUEST;

  async function ask(environments: readonly EnvironmentRequest[], withConfig: boolean): Promise<WholeAnswer> {
    const asked = withConfig ? paths : [];
    const { query, variables } = snapshotQuery(asked, environments);
    let forbidden: ForbiddenPath[] = [];
    try {
      const { graphql } = await deps.github();
      const where = { owner, name, ref: `refs/heads/${branch}`, base: branch };
      const whole = (data: unknown) => ({ data, forbidden });
      const read = await graphql(query, { ...variables, ...where }).then(whole, readableData);
      ({ forbidden } = read);
      const answer = parseSnapshotAnswer(read.data, asked, environments, forbidden);
      if (answer.head === undefined) throw missing(answer);
      return { ...answer, forbidden };
    } catch (error) {
      const failure = toPromoterError(`read ${label}`, error);
      if (isTooMuch(failure) && environments.length > FEWEST_PER_REQUEST)
        perRequest = Math.max(Math.ceil(environments.length / 2), FEWEST_PER_REQUEST);
      const [path] = forbidden;
      // What is empty where it must not be is so because we may not read it.
      if (path && error instanceof z.ZodError) throw unreadable(path, error);
      throw failure;
    }
  }

  const missing = ({ defaultBranch }: MissingBranch): TerminalError =>
    new TerminalError(`read ${label}: there is no branch ${branch}`, {
      whatToDo:
        defaultBranch === undefined ? 'make a first commit' : `set CONFIG_BRANCH=${defaultBranch}, its default branch`,
    });
  const unreadable = (path: ForbiddenPath, cause: z.ZodError): TerminalError =>
    new TerminalError(`read ${label}: GitHub does not let us read ${path.join('.')}`, {
      cause,
      whatToDo: `grant the App ${permissionFor(path) ?? 'what that needs'}`,
    });

  async function askMore({ query, variables }: SnapshotQuery): Promise<unknown> {
    try {
      const { graphql } = await deps.github();
      return await graphql(query, { ...variables, owner, name, base: branch });
    } catch (error) {
      throw toPromoterError(`read more pages of ${label}`, error);
    }
  }

  return async (environments) => {
    const atOnce = perRequest;
    const answer = await ask(environments.slice(0, atOnce), true);
    for (let from = atOnce; from < environments.length; from += atOnce) {
      const more = await ask(environments.slice(from, from + atOnce), false);
      if (more.head !== answer.head) throw new TransientError(`read ${label}: ${branch} moved between two pages`);
      answer.environments.push(...more.environments);
      answer.forbidden.push(...more.forbidden);
    }
    // GitHub's bad hour may be over.
    perRequest = Math.min(perRequest * 2, ENVIRONMENTS_PER_REQUEST);
    await readRemainingPages(answer, environments, askMore, deps.onBound);
    return answer;
  };
}
