// GitHub gives a hundred of anything at once. Reviews and closed pull requests may be more, and the last of them may be the one that
// counts: each page that is left is asked for, of all environments together.
import { z } from 'zod';
import { branchName } from '../decide/describe-change.ts';
import type { OnBound } from '../ports.ts';
import { ClosedPulls, Reviews, type SnapshotAnswer } from './snapshot-answer.ts';
import { closedPulls, type EnvironmentRequest, reviewsOf, type SnapshotQuery } from './snapshot-query.ts';

/** Of a hundred each. Whoever opens pull requests from forks decides how many there are. */
const MAX_PAGES = 20;

interface Missing {
  index: number;
  kind: 'reviews' | 'closed';
  after: string;
}

function missingPages({ environments }: SnapshotAnswer): Missing[] {
  return environments.flatMap(({ open, closedAfter }, index): Missing[] => {
    const reviews = open?.latestOpinionatedReviews?.pageInfo;
    return [
      ...(reviews?.hasNextPage && reviews.endCursor
        ? [{ index, kind: 'reviews', after: reviews.endCursor } as const]
        : []),
      ...(closedAfter === undefined ? [] : [{ index, kind: 'closed', after: closedAfter } as const]),
    ];
  });
}

export function pagesQuery(
  missing: readonly Missing[],
  answer: SnapshotAnswer,
  requests: readonly EnvironmentRequest[],
): SnapshotQuery {
  const variables: SnapshotQuery['variables'] = {};
  const declarations = ['$owner: String!', '$name: String!'];
  const declare = (name: string, value: string | number): string => {
    variables[name] = value;
    declarations.push(`$${name}: ${typeof value === 'number' ? 'Int!' : 'String!'}`);
    return `$${name}`;
  };
  const fields = missing.map(({ index, kind, after }) => {
    const request = requests[index];
    const cursor = declare(`${kind}After${index}`, after);
    if (kind === 'closed') {
      const branch = declare(
        `branch${index}`,
        branchName(request?.pipeline.name ?? '', request?.environment.name ?? ''),
      );
      return `closed${index}: ${closedPulls(branch, cursor)}`;
    }
    const number = declare(`number${index}`, answer.environments[index]?.open?.number ?? 0);
    const manifest = declare(`manifest${index}`, request?.environment.manifest ?? '');
    return `reviews${index}: pullRequest(number: ${number}) { ${reviewsOf(manifest, cursor)} }`;
  });
  if (missing.some(({ kind }) => kind === 'closed')) declarations.push('$base: String!');
  const query = `query MorePages(${declarations.join(', ')}) { repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`;
  return { query, variables };
}

/** Adds to the answer what did not fit into its pages. @param ask one request. */
export async function readRemainingPages(
  answer: SnapshotAnswer,
  requests: readonly EnvironmentRequest[],
  ask: (query: SnapshotQuery) => Promise<unknown>,
  onBound: OnBound,
): Promise<void> {
  for (let page = 1; page < MAX_PAGES; page += 1) {
    const missing = missingPages(answer);
    if (missing.length === 0) return;
    const data = await ask(pagesQuery(missing, answer, requests));
    const { repository } = z.object({ repository: z.looseObject({}) }).parse(data);
    for (const { index, kind } of missing) {
      const environment = answer.environments[index];
      const found = repository[`${kind}${index}`];
      if (!environment) continue;
      if (kind === 'closed') addClosed(environment, found);
      else addReviews(environment, found);
    }
  }
  if (missingPages(answer).length > 0)
    onBound(
      'pull_request_pages',
      `a promotion branch has more than ${MAX_PAGES * 100} closed pull requests or reviews; the oldest are not read`,
    );
}

type EnvironmentAnswer = SnapshotAnswer['environments'][number];

function addClosed(environment: EnvironmentAnswer, found: unknown): void {
  const { nodes, pageInfo } = ClosedPulls.parse(found);
  environment.closed.push(...nodes.filter(({ isCrossRepository }) => !isCrossRepository));
  environment.closedAfter = pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
}

function addReviews(environment: EnvironmentAnswer, found: unknown): void {
  const more = z.object({ latestOpinionatedReviews: Reviews }).nullable().parse(found)?.latestOpinionatedReviews;
  const { open } = environment;
  if (!open?.latestOpinionatedReviews) return;
  const nodes = [...open.latestOpinionatedReviews.nodes, ...(more?.nodes ?? [])];
  const pageInfo = more?.pageInfo ?? { hasNextPage: false, endCursor: null };
  environment.open = { ...open, latestOpinionatedReviews: { nodes, pageInfo } };
}
