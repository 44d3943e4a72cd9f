// One GraphQL document for everything a reconcile needs. Aliases number what is asked for,
// so that names from promotion.yaml are variables and never part of the document.
import { branchName } from '../decide/describe-change.ts';
import type { Environment, Pipeline } from '../decide/pipeline.ts';
import { AUTHORSHIP_FIELDS } from '../github/identity.ts';

export interface EnvironmentRequest {
  pipeline: Pipeline;
  environment: Environment;
}

export interface SnapshotQuery {
  query: string;
  variables: Record<string, string | number>;
}

const HISTORY_LENGTH = 100;
/** Of closed pull requests with the branch's name, forks included: those of forks are left out afterwards. */
const MAX_CLOSED = 100;

/** What a commit claims, who made it, and who merged it where it came by a pull request. */
const COMMIT_FIELDS = `oid message committedDate ${AUTHORSHIP_FIELDS}`;
const RECORD_FIELDS = `${COMMIT_FIELDS} associatedPullRequests(first: 1) { nodes {
    url mergeCommit { oid } mergedBy { login kind: __typename } commits(last: 1) { nodes { commit { ${COMMIT_FIELDS} } } } } }`;
/** What a head of a promotion branch is judged by. @param manifest the variable that holds its file. */
const headFields = (manifest: string): string =>
  `${COMMIT_FIELDS} parents(first: 2) { nodes { oid } } tree { oid } file(path: ${manifest}) { mode object { oid } }`;

/** @param after the end of the page before; none for the first. */
export const reviewsOf = (manifest: string, after?: string): string =>
  `latestOpinionatedReviews(first: 100${after ? `, after: ${after}` : ''}) { pageInfo { hasNextPage endCursor } nodes {
    author { login kind: __typename } state commit { ${headFields(manifest)} } authorCanPushToRepository } }`;

const openFields = (manifest: string): string => `
  id number url title body createdAt mergeable mergeStateStatus headRefOid
  author { login kind: __typename }
  commits(last: 1) { nodes { commit { committedDate statusCheckRollup { state contexts(first: 100) { totalCount nodes {
    kind: __typename
    ... on CheckRun { databaseId name status conclusion checkSuite { app { slug } workflowRun { workflow { databaseId } } } }
    ... on StatusContext { context state } } } } } } }
  mergeQueueEntry { position }
  queueEvents: timelineItems(last: 1, itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT]) { nodes {
    kind: __typename ... on RemovedFromMergeQueueEvent { createdAt reason actor { login kind: __typename } } } }
  ${reviewsOf(manifest)}`;

/** The first commit says what was declined: ours, whatever somebody added on top of it. */
const CLOSED_FIELDS = `number body isCrossRepository
  commits(first: 1) { nodes { commit { ${COMMIT_FIELDS} } } }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login kind: __typename } } } }`;

/** Newest first. @param branch the variable that holds its name. @param after the end of the page before; none for the first. */
export const closedPulls = (branch: string, after?: string): string =>
  `pullRequests(states: [CLOSED], headRefName: ${branch}, baseRefName: $base, first: ${MAX_CLOSED}${after ? `, after: ${after}` : ''},
    orderBy: { field: CREATED_AT, direction: DESC }) { pageInfo { hasNextPage endCursor } nodes { ${CLOSED_FIELDS} } }`;

/** @param paths promotion files or folders of them. */
export function snapshotQuery(paths: readonly string[], environments: readonly EnvironmentRequest[]): SnapshotQuery {
  const variables: Record<string, string> = {};
  const declarations = ['$owner: String!', '$name: String!', '$ref: String!', '$base: String!'];
  const declare = (name: string, value: string): string => {
    variables[name] = value;
    declarations.push(`$${name}: String!`);
    return `$${name}`;
  };
  const files: string[] = [];
  const pulls: string[] = [];
  paths.forEach((path, index) => {
    files.push(`config${index}: file(path: ${declare(`config${index}`, path)}) { ...ConfigEntry }`);
  });
  environments.forEach(({ pipeline, environment }, index) => {
    const manifest = declare(`manifest${index}`, environment.manifest);
    files.push(`manifest${index}: file(path: ${manifest}) { ...Manifest }`);
    if (environment.promote !== 'pull-request') return;
    const branch = declare(`branch${index}`, branchName(pipeline.name, environment.name));
    const ref = declare(`ref${index}`, `refs/heads/${branchName(pipeline.name, environment.name)}`);
    // The pull requests of a ref are of this repository; those of a branch's name may come from forks, which may be many.
    pulls.push(
      `branch${index}: ref(qualifiedName: ${ref}) {
        target { oid ... on Commit { ${headFields(manifest)} } }
        associatedPullRequests(states: [OPEN], baseRefName: $base, first: 1) { nodes { ${openFields(manifest)} } } }`,
      `closed${index}: ${closedPulls(branch)}`,
    );
  });
  const query = `query Snapshot(${declarations.join(', ')}) {
    repository(owner: $owner, name: $name) {
      id databaseId nameWithOwner url isArchived defaultBranchRef { name }
      mergeCommitAllowed rebaseMergeAllowed squashMergeAllowed mergeQueue(branch: $base) { id }
      ref(qualifiedName: $ref) { target { oid ... on Commit {
        tree { oid }
        history(first: ${HISTORY_LENGTH}) { nodes { ${RECORD_FIELDS} } }
        ${files.join('\n        ')}
      } } }
      ${pulls.join('\n      ')}
    }
    rateLimit { cost remaining resetAt }
  }
  fragment Text on GitObject { kind: __typename oid ... on Blob { text isTruncated } }
  ${environments.length > 0 ? 'fragment Manifest on TreeEntry { mode object { ...Text } }' : ''}
  ${paths.length > 0 ? 'fragment ConfigEntry on TreeEntry { object { ...Text ... on Tree { entries { name type object { ...Text } } } } }' : ''}`;
  return { query, variables };
}

/** The last commits that touched single files: asked only where the branch's recent history does not explain a file. */
export function fileHistoryQuery(paths: readonly string[]): SnapshotQuery {
  const variables: Record<string, string> = {};
  const declarations = ['$owner: String!', '$name: String!', '$oid: GitObjectID!'];
  const fields = paths.map((path, index) => {
    variables[`path${index}`] = path;
    declarations.push(`$path${index}: String!`);
    return `history${index}: history(first: 20, path: $path${index}) { nodes { ${RECORD_FIELDS} } }`;
  });
  const query = `query FileHistory(${declarations.join(', ')}) {
    repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit { ${fields.join(' ')} } } }
  }`;
  return { query, variables };
}
