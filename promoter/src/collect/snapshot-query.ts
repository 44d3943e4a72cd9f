// One GraphQL document for everything a reconcile needs, and the schema of its answer. Aliases number what is asked for,
// so that names from promotion.yaml are variables and never part of the document.
import { z } from 'zod';
import { branchName } from '../decide/describe-change.ts';
import type { Environment, Pipeline } from '../decide/pipeline.ts';

export interface EnvironmentRequest {
  pipeline: Pipeline;
  environment: Environment;
}

export interface SnapshotQuery {
  query: string;
  variables: Record<string, string>;
}

const HISTORY_LENGTH = 100;

const PULL_REQUEST_FIELDS = `
  number url title body state createdAt isCrossRepository mergeable headRefOid
  author { login kind: __typename }
  commits(last: 1) { nodes { commit { oid message committedDate statusCheckRollup { contexts(first: 100) { nodes {
    kind: __typename ... on CheckRun { name status conclusion } ... on StatusContext { context state } } } } } } }
  latestOpinionatedReviews(first: 100) { nodes {
    author { login kind: __typename } state commit { oid } authorCanPushToRepository } }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login } } } }`;

/** @param paths promotion files or folders of them. */
export function snapshotQuery(paths: readonly string[], environments: readonly EnvironmentRequest[]): SnapshotQuery {
  const variables: Record<string, string> = {};
  const declarations = ['$owner: String!', '$name: String!', '$ref: String!'];
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
    files.push(`manifest${index}: file(path: ${declare(`manifest${index}`, environment.manifest)}) { ...Manifest }`);
    if (environment.promote !== 'pull-request') return;
    const branch = declare(`branch${index}`, branchName(pipeline.name, environment.name));
    const ref = declare(`ref${index}`, `refs/heads/${branchName(pipeline.name, environment.name)}`);
    pulls.push(
      `branch${index}: ref(qualifiedName: ${ref}) { target { oid ... on Commit { message committedDate } } }`,
      `pulls${index}: pullRequests(headRefName: ${branch}, baseRefName: $base, first: 10, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ${PULL_REQUEST_FIELDS} } }`,
    );
  });
  if (pulls.length > 0) declarations.push('$base: String!');
  const query = `query Snapshot(${declarations.join(', ')}) {
    repository(owner: $owner, name: $name) {
      id url
      ref(qualifiedName: $ref) { target { oid ... on Commit {
        tree { oid }
        history(first: ${HISTORY_LENGTH}) { nodes { oid message committedDate } }
        ${files.join('\n        ')}
      } } }
      ${pulls.join('\n      ')}
    }
    rateLimit { cost remaining resetAt }
  }
  fragment Text on GitObject { kind: __typename oid ... on Blob { text isTruncated } }
  ${environments.length > 0 ? 'fragment Manifest on TreeEntry { mode object { ...Text } }' : ''}
  fragment ConfigEntry on TreeEntry { object { ...Text ... on Tree { entries { name type object { ...Text } } } } }`;
  return { query, variables };
}

/** The last commits that touched single files: asked only where the branch's recent history does not explain a file. */
export function fileHistoryQuery(paths: readonly string[]): SnapshotQuery {
  const variables: Record<string, string> = {};
  const declarations = ['$owner: String!', '$name: String!', '$oid: GitObjectID!'];
  const fields = paths.map((path, index) => {
    variables[`path${index}`] = path;
    declarations.push(`$path${index}: String!`);
    return `history${index}: history(first: 20, path: $path${index}) { nodes { oid message committedDate } }`;
  });
  const query = `query FileHistory(${declarations.join(', ')}) {
    repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit { ${fields.join(' ')} } } }
  }`;
  return { query, variables };
}

const Commit = z.object({ oid: z.string(), message: z.string(), committedDate: z.string() });
export type CommitNode = z.infer<typeof Commit>;
const History = z.object({ nodes: z.array(Commit) });

const Blob = z.object({
  kind: z.literal('Blob'),
  oid: z.string(),
  text: z.string().nullable(),
  isTruncated: z.boolean(),
});
export type BlobNode = z.infer<typeof Blob>;
const OtherObject = z.object({ kind: z.enum(['Commit', 'Tag']) });
const Tree = z.object({
  kind: z.literal('Tree'),
  entries: z
    .array(z.object({ name: z.string(), type: z.string(), object: z.union([Blob, z.looseObject({})]).nullable() }))
    .optional(),
});
const ConfigEntry = z.object({ object: z.union([Blob, Tree, OtherObject]).nullable() }).nullable();
export type ConfigEntryNode = z.infer<typeof ConfigEntry>;
const Manifest = z.object({ mode: z.number(), object: z.union([Blob, Tree, OtherObject]).nullable() }).nullable();
export type ManifestNode = z.infer<typeof Manifest>;

const Actor = z.object({ login: z.string(), kind: z.string() }).nullable();
const PullRequest = z.object({
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  createdAt: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isCrossRepository: z.boolean(),
  mergeable: z.enum(['MERGEABLE', 'CONFLICTING', 'UNKNOWN']),
  headRefOid: z.string(),
  author: Actor,
  commits: z.object({
    nodes: z.array(
      z.object({
        commit: Commit.extend({
          statusCheckRollup: z
            .object({
              contexts: z.object({
                nodes: z.array(
                  z.union([
                    z.object({
                      kind: z.literal('CheckRun'),
                      name: z.string(),
                      status: z.string(),
                      conclusion: z.string().nullable(),
                    }),
                    z.object({ kind: z.literal('StatusContext'), context: z.string(), state: z.string() }),
                  ]),
                ),
              }),
            })
            .nullable(),
        }),
      }),
    ),
  }),
  latestOpinionatedReviews: z
    .object({
      nodes: z.array(
        z.object({
          author: Actor,
          state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED', 'COMMENTED', 'PENDING']),
          commit: z.object({ oid: z.string() }).nullable(),
          authorCanPushToRepository: z.boolean(),
        }),
      ),
    })
    .nullable(),
  timelineItems: z.object({ nodes: z.array(z.object({ actor: z.object({ login: z.string() }).nullish() })) }),
});
export type PullRequestNode = z.infer<typeof PullRequest>;

const Head = z.looseObject({ oid: z.string(), tree: z.object({ oid: z.string() }), history: History });
const Repository = z.looseObject({ id: z.string(), url: z.string(), ref: z.object({ target: Head }).nullable() });
const Branch = z.object({ target: Commit }).nullable();

export interface SnapshotAnswer {
  repositoryId: string;
  url: string;
  head: string;
  tree: string;
  history: CommitNode[];
  /** Promotion files or folders of them, as they were asked for. */
  configs: { path: string; node: ConfigEntryNode }[];
  environments: EnvironmentAnswer[];
}

export interface EnvironmentAnswer {
  manifest: ManifestNode;
  branch: CommitNode | undefined;
  pulls: PullRequestNode[];
}

/** @throws z.ZodError when GitHub answered in another shape; undefined when the branch does not exist. */
export function parseSnapshotAnswer(
  data: unknown,
  paths: readonly string[],
  environments: readonly EnvironmentRequest[],
): SnapshotAnswer | undefined {
  const { repository } = z.object({ repository: Repository }).parse(data);
  if (!repository.ref) return undefined;
  const head = repository.ref.target;
  return {
    repositoryId: repository.id,
    url: repository.url,
    head: head.oid,
    tree: head.tree.oid,
    history: head.history.nodes,
    configs: paths.map((path, index) => ({ path, node: ConfigEntry.parse(head[`config${index}`]) })),
    environments: environments.map(({ environment }, index) => ({
      manifest: Manifest.parse(head[`manifest${index}`]),
      branch: environment.promote === 'pull-request' ? Branch.parse(repository[`branch${index}`])?.target : undefined,
      pulls:
        environment.promote === 'pull-request'
          ? z.object({ nodes: z.array(PullRequest) }).parse(repository[`pulls${index}`]).nodes
          : [],
    })),
  };
}

/** @returns commits by path, newest first. */
export function parseFileHistory(data: unknown, paths: readonly string[]): Map<string, CommitNode[]> {
  const { repository } = z.object({ repository: z.object({ object: z.looseObject({}).nullable() }) }).parse(data);
  return new Map(
    paths.map((path, index) => [
      path,
      repository.object ? History.parse(repository.object[`history${index}`]).nodes : [],
    ]),
  );
}
