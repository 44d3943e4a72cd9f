// The answer to a snapshot query: the schema of what is asked for, and its parts by what they were asked for.
import { z } from 'zod';
import type { Merging } from '../decide/promotion.ts';
import { type Repository as NamedRepository, RepositoryName } from '../decide/repository.ts';
import type { ForbiddenPath } from '../github/errors.ts';
import { Authorship } from '../github/identity.ts';
import type { EnvironmentRequest } from './snapshot-query.ts';

const Commit = Authorship.extend({ oid: z.string(), message: z.string(), committedDate: z.string() });
export type CommitNode = z.infer<typeof Commit>;
const Actor = z.object({ login: z.string(), kind: z.string() }).nullable();
const MergedPull = z.object({
  url: z.string(),
  mergeCommit: z.object({ oid: z.string() }).nullable(),
  mergedBy: Actor,
  commits: z.object({ nodes: z.array(z.object({ commit: Commit })) }),
});
const RecordCommit = Commit.extend({ associatedPullRequests: z.object({ nodes: z.array(MergedPull) }).nullable() });
/** A commit of the base branch, which may carry records. */
export type RecordCommitNode = z.infer<typeof RecordCommit>;
const History = z.object({ nodes: z.array(RecordCommit) });
const Head = Commit.extend({
  parents: z.object({ nodes: z.array(z.object({ oid: z.string() })) }),
  tree: z.object({ oid: z.string() }),
  /** The manifest of its environment. */
  file: z.object({ mode: z.number(), object: z.object({ oid: z.string() }).nullable() }).nullable(),
});
/** A head of a promotion branch, now or when it was reviewed. */
export type HeadNode = z.infer<typeof Head>;

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
export const Manifest = z
  .object({ mode: z.number(), object: z.union([Blob, Tree, OtherObject]).nullable() })
  .nullable();
export type ManifestNode = z.infer<typeof Manifest>;

const CheckContext = z.union([
  z.object({
    kind: z.literal('CheckRun'),
    databaseId: z.number().nullable(),
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullable(),
    checkSuite: z
      .object({
        app: z.object({ slug: z.string() }).nullable(),
        /** Of GitHub Actions: two workflows may have jobs of one name. */
        workflowRun: z.object({ workflow: z.object({ databaseId: z.number().nullable() }) }).nullable(),
      })
      .nullable(),
  }),
  z.object({ kind: z.literal('StatusContext'), context: z.string(), state: z.string() }),
]);
/** GitHub gives a hundred of anything at once. */
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
export const Reviews = z.object({
  pageInfo: PageInfo,
  nodes: z.array(
    z.object({
      author: Actor,
      state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED', 'COMMENTED', 'PENDING']),
      commit: Head.nullable(),
      authorCanPushToRepository: z.boolean(),
    }),
  ),
});

const OpenPull = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  createdAt: z.string(),
  mergeable: z.enum(['MERGEABLE', 'CONFLICTING', 'UNKNOWN']),
  /** Values are added to it now and then. */
  mergeStateStatus: z.string(),
  headRefOid: z.string(),
  author: Actor,
  commits: z.object({
    nodes: z.array(
      z.object({
        commit: z.object({
          committedDate: z.string(),
          statusCheckRollup: z
            .object({
              state: z.string(),
              /** Null where we may not read it. */
              contexts: z.object({ totalCount: z.number(), nodes: z.array(CheckContext.nullable()) }),
            })
            .nullable(),
        }),
      }),
    ),
  }),
  mergeQueueEntry: z.object({ position: z.number() }).nullable(),
  queueEvents: z.object({
    nodes: z.array(
      z.union([
        z.object({
          kind: z.literal('RemovedFromMergeQueueEvent'),
          createdAt: z.string(),
          reason: z.string().nullable(),
          actor: Actor,
        }),
        z.object({ kind: z.literal('AddedToMergeQueueEvent') }),
      ]),
    ),
  }),
  latestOpinionatedReviews: Reviews.nullable(),
});
export type OpenPullNode = z.infer<typeof OpenPull>;

const ClosedPull = z.object({
  number: z.number(),
  body: z.string(),
  isCrossRepository: z.boolean(),
  commits: z.object({ nodes: z.array(z.object({ commit: Commit })) }),
  timelineItems: z.object({ nodes: z.array(z.object({ actor: Actor.optional() })) }),
});
export type ClosedPullNode = z.infer<typeof ClosedPull>;
export const ClosedPulls = z.object({ pageInfo: PageInfo, nodes: z.array(ClosedPull) });

const BaseHead = z.looseObject({ oid: z.string(), tree: z.object({ oid: z.string() }), history: History });
const Repository = z.looseObject({
  id: z.string(),
  databaseId: z.number().nullable(),
  nameWithOwner: RepositoryName,
  url: z.string(),
  isArchived: z.boolean(),
  mergeCommitAllowed: z.boolean(),
  rebaseMergeAllowed: z.boolean(),
  squashMergeAllowed: z.boolean(),
  mergeQueue: z.object({ id: z.string() }).nullable(),
  defaultBranchRef: z.object({ name: z.string() }).nullable(),
  ref: z.object({ target: BaseHead }).nullable(),
});
const Branch = z.object({ target: Head, associatedPullRequests: z.object({ nodes: z.array(OpenPull) }) }).nullable();

/** The repository without the branch that was asked for. */
export interface MissingBranch {
  head: undefined;
  defaultBranch: string | undefined;
}

export interface SnapshotAnswer {
  /** Its present name. */
  repository: NamedRepository;
  databaseId: number | undefined;
  isArchived: boolean;
  repositoryId: string;
  url: string;
  head: string;
  tree: string;
  history: RecordCommitNode[];
  merging: Merging;
  /** Promotion files or folders of them, as they were asked for. */
  configs: { path: string; node: ConfigEntryNode }[];
  environments: EnvironmentAnswer[];
}

export interface EnvironmentAnswer {
  manifest: ManifestNode;
  branch: HeadNode | undefined;
  open: OpenPullNode | undefined;
  /** Whether GitHub kept the checks of the pull request from us. */
  areChecksForbidden: boolean;
  /** Newest first; of this repository, not of forks. */
  closed: ClosedPullNode[];
  /** Where the next page of them begins; undefined where these are all. */
  closedAfter: string | undefined;
}

/** @param forbidden what we may not read of it. @throws z.ZodError when GitHub answered in another shape. */
export function parseSnapshotAnswer(
  data: unknown,
  paths: readonly string[],
  environments: readonly EnvironmentRequest[],
  forbidden: readonly ForbiddenPath[] = [],
): SnapshotAnswer | MissingBranch {
  const { repository } = z.object({ repository: Repository }).parse(data);
  if (!repository.ref) return { head: undefined, defaultBranch: repository.defaultBranchRef?.name };
  const head = repository.ref.target;
  const withoutChecks = new Set(
    forbidden.filter((path) => path.includes('statusCheckRollup')).map(([, alias]) => alias),
  );
  return {
    repository: repository.nameWithOwner,
    databaseId: repository.databaseId ?? undefined,
    isArchived: repository.isArchived,
    repositoryId: repository.id,
    url: repository.url,
    head: head.oid,
    tree: head.tree.oid,
    history: head.history.nodes,
    merging: mergingOf(repository),
    configs: paths.map((path, index) => ({ path, node: ConfigEntry.parse(head[`config${index}`]) })),
    environments: environments.map(({ environment }, index) => {
      const manifest = Manifest.parse(head[`manifest${index}`]);
      const areChecksForbidden = withoutChecks.has(`branch${index}`);
      if (environment.promote !== 'pull-request')
        return { manifest, branch: undefined, open: undefined, areChecksForbidden, closed: [], closedAfter: undefined };
      const branch = Branch.parse(repository[`branch${index}`]);
      const { nodes: closed, pageInfo } = ClosedPulls.parse(repository[`closed${index}`]);
      return {
        manifest,
        branch: branch?.target,
        open: branch?.associatedPullRequests.nodes[0],
        areChecksForbidden,
        closed: closed.filter(({ isCrossRepository }) => !isCrossRepository),
        closedAfter: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
      };
    }),
  };
}

/** In the order of preference: one commit for one promotion, with our own message. */
function mergingOf(settings: z.infer<typeof Repository>): Merging {
  const methods = [
    settings.squashMergeAllowed ? (['squash'] as const) : [],
    settings.mergeCommitAllowed ? (['merge'] as const) : [],
    settings.rebaseMergeAllowed ? (['rebase'] as const) : [],
  ].flat();
  return { methods, hasQueue: settings.mergeQueue !== null };
}

/** @returns commits by path, newest first. */
export function parseFileHistory(data: unknown, paths: readonly string[]): Map<string, RecordCommitNode[]> {
  const { repository } = z.object({ repository: z.object({ object: z.looseObject({}).nullable() }) }).parse(data);
  return new Map(
    paths.map((path, index) => [
      path,
      repository.object ? History.parse(repository.object[`history${index}`]).nodes : [],
    ]),
  );
}
