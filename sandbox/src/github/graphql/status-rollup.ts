import type { Hub } from '../hub.ts';
import { nodeId } from '../shapes/links.ts';
import { type CheckRun, type CommitStatus, fullName, type Repository } from '../world.ts';
import { connection, type PageArguments } from './connection.ts';

interface Context {
  node: object;
  /** In GraphQL's words: SUCCESS, FAILURE, PENDING, NEUTRAL and so on. */
  state: string;
}

const PASSED = ['SUCCESS', 'NEUTRAL', 'SKIPPED'];

/** Combines the latest check run of each name and the latest status of each context; null when there are none. */
export function statusRollup(hub: Hub, repository: Repository, sha: string): object | null {
  const { checkRuns, statuses } = hub.store.world;
  const name = fullName(repository);
  const page = hub.links.repositoryPage(repository);
  const latest = new Map<string, Context>();
  for (const run of checkRuns)
    if (run.repository === name && run.headSha === sha)
      latest.set(`${run.suite ?? 0}/${run.name}`, checkContext(run, page));
  for (const status of statuses)
    if (status.repository === name && status.sha === sha) latest.set(`status/${status.context}`, statusContext(status));
  if (latest.size === 0) return null;
  const contexts = [...latest.values()];
  const hasFailed = contexts.some(({ state }) => state !== 'PENDING' && !PASSED.includes(state));
  const isPending = contexts.some(({ state }) => state === 'PENDING');
  return {
    id: nodeId('StatusCheckRollup', sha),
    state: hasFailed ? 'FAILURE' : isPending ? 'PENDING' : 'SUCCESS',
    contexts: (args: PageArguments) =>
      connection(
        contexts.map(({ node }) => node),
        args,
      ),
  };
}

function checkContext(run: CheckRun, page: string): Context {
  const conclusion = run.conclusion?.toUpperCase() ?? null;
  const node = {
    __typename: 'CheckRun',
    id: nodeId('CheckRun', run.id),
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion,
    detailsUrl: run.detailsUrl,
    title: run.title,
    summary: run.summary,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    url: `${page}/runs/${run.id}`,
    databaseId: run.id,
    checkSuite: {
      id: nodeId('CheckSuite', run.suite ?? run.id),
      app: { id: nodeId('App', run.appSlug), slug: run.appSlug },
    },
  };
  return { node, state: run.status === 'completed' ? (conclusion ?? 'FAILURE') : 'PENDING' };
}

function statusContext({ id, context, state, description, targetUrl, createdAt }: CommitStatus): Context {
  const upper = state.toUpperCase();
  const node = {
    __typename: 'StatusContext',
    id: nodeId('StatusContext', id),
    context,
    state: upper,
    description,
    targetUrl,
    createdAt,
  };
  return { node, state: upper };
}
