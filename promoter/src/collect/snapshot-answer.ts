// The answer to a snapshot query: the schema of what is asked for, and its parts by what they were asked for.
import { z } from 'zod';
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

const OpenPull = z.object({
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  createdAt: z.string(),
  mergeable: z.enum(['MERGEABLE', 'CONFLICTING', 'UNKNOWN']),
  headRefOid: z.string(),
  author: Actor,
  commits: z.object({
    nodes: z.array(
      z.object({
        commit: z.object({
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
          commit: Head.nullable(),
          authorCanPushToRepository: z.boolean(),
        }),
      ),
    })
    .nullable(),
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

const BaseHead = z.looseObject({ oid: z.string(), tree: z.object({ oid: z.string() }), history: History });
const Repository = z.looseObject({ id: z.string(), url: z.string(), ref: z.object({ target: BaseHead }).nullable() });
const Branch = z.object({ target: Head, associatedPullRequests: z.object({ nodes: z.array(OpenPull) }) }).nullable();

export interface SnapshotAnswer {
  repositoryId: string;
  url: string;
  head: string;
  tree: string;
  history: RecordCommitNode[];
  /** Promotion files or folders of them, as they were asked for. */
  configs: { path: string; node: ConfigEntryNode }[];
  environments: EnvironmentAnswer[];
}

export interface EnvironmentAnswer {
  manifest: ManifestNode;
  branch: HeadNode | undefined;
  open: OpenPullNode | undefined;
  /** Newest first; of this repository, not of forks. */
  closed: ClosedPullNode[];
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
    environments: environments.map(({ environment }, index) => {
      const manifest = Manifest.parse(head[`manifest${index}`]);
      if (environment.promote !== 'pull-request') return { manifest, branch: undefined, open: undefined, closed: [] };
      const branch = Branch.parse(repository[`branch${index}`]);
      const closed = z.object({ nodes: z.array(ClosedPull) }).parse(repository[`closed${index}`]).nodes;
      return {
        manifest,
        branch: branch?.target,
        open: branch?.associatedPullRequests.nodes[0],
        closed: closed.filter(({ isCrossRepository }) => !isCrossRepository),
      };
    }),
  };
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
