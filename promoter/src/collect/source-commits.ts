// Commits of source repositories: what they are and what came before them. Commits never change, so what was read is kept.
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { HistoryCommit, Lineage, SourceCommit } from '../decide/lineage.ts';
import { fullName, type Repository, RepositoryName } from '../decide/repository.ts';
import { TransientError } from '../errors.ts';
import type { GitHub } from '../github/client.ts';
import { dataDespite, toPromoterError } from '../github/errors.ts';

/** Of each repository. */
const MAX_COMMITS = 500;
const MAX_RANGES = 50;
const COMPARED_PER_PAGE = 100;
const MAX_COMPARED_PAGES = 10;
/** A commit that was not there may have been pushed by now. */
const ABSENT_FOR_MS = 30_000;

const CommitNode = z.object({
  oid: z.string(),
  messageHeadline: z.string(),
  committedDate: z.string(),
  author: z.object({ user: z.object({ login: z.string() }).nullable() }).nullable(),
});
const DeploymentNode = z.object({
  environment: z.string().nullable(),
  payload: z.string().nullable(),
  latestStatus: z.object({ state: z.string() }).nullable(),
});
const CommitWithHistory = CommitNode.extend({
  history: z.object({ nodes: z.array(CommitNode) }),
  deployments: z.object({ nodes: z.array(DeploymentNode) }).nullable(),
});
type CommitWithHistory = z.infer<typeof CommitWithHistory>;
/** What `report-deployment.ts` writes; GitHub gives it back as JSON, in some versions of its API as JSON in a string. */
const Payload = z.object({ config_commit: z.string() });
const RepositoryNode = z.looseObject({ url: z.string(), nameWithOwner: RepositoryName }).nullable();

export interface WantedCommit {
  repository: Repository;
  commit: string;
}

export interface SourceCommits {
  /** Reads what is not known yet, one request per owner. Unknown repositories and commits are left out. */
  load(wanted: readonly WantedCommit[]): Promise<void>;
  /** Answers pairs whose histories do not say which is newer. */
  compare(repository: Repository, base: string, head: string): Promise<void>;
  /** Reads every commit that `head` has and `base` has not; leaves it open where there are more than 1,000. */
  range(repository: Repository, base: string, head: string): Promise<void>;
  /** Whether GitHub said lately that the repository has no such commit. */
  isAbsent(repository: Repository, commit: string): boolean;
  /** What is known of a repository by now; undefined before anything was read. */
  lineage(repository: Repository): Lineage | undefined;
}

interface Known {
  url: string;
  commits: LRUCache<string, SourceCommit>;
  absent: LRUCache<string, true>;
  comparisons: LRUCache<string, Lineage['comparisons'][string]>;
  ranges: LRUCache<string, readonly HistoryCommit[]>;
  /** Made when asked for, until something is added. */
  lineage: Lineage | undefined;
}

/** Repositories of one owner, and the commits that are wanted of each. */
type WantedByRepository = readonly { repository: Repository; commits: readonly string[] }[];

/**
 * One repository that we may not read must not hide the others. An App without the permission for deployments gets null for them, and
 * an error of the second type beside the data.
 */
const UNREADABLE = new Set(['NOT_FOUND', 'FORBIDDEN']);

const DEPLOYMENT_FIELDS = 'deployments(last: 50) { nodes { environment payload latestStatus { state } } }';
const COMMIT_FIELDS = 'oid messageHeadline committedDate author { user { login } }';

export interface SourceCommitsDeps {
  github(repository: Repository): Promise<GitHub>;
  /** Where people see the timeline of a commit's release. */
  releaseUrl(repositoryUrl: string, commit: string): string | undefined;
  /** Under which name GitHub has a repository now: it follows renames and transfers. */
  onRead(asked: Repository, present: Repository): void;
}

export function createSourceCommits({ github, releaseUrl, onRead }: SourceCommitsDeps): SourceCommits {
  const repositories = new Map<string, Known>();

  async function loadOwner(wanted: WantedByRepository): Promise<void> {
    const [first] = wanted;
    if (!first) return;
    const { graphql } = await firstClient(wanted.map(({ repository }) => repository));
    const { query, variables } = sourceQuery(wanted);
    const answer: unknown = await graphql(query, variables).catch((error: unknown) => dataDespite(error, UNREADABLE));
    const data = z.record(z.string(), RepositoryNode).parse(answer);
    wanted.forEach(({ repository, commits }, index) => {
      const node = data[`repository${index}`];
      if (!node) return;
      keep(repository, commits, node);
      onRead(repository, node.nameWithOwner);
    });
  }

  /** An App is installed once for an owner, and perhaps not for all of its repositories. */
  async function firstClient(ofOwner: readonly Repository[]): Promise<GitHub> {
    let failure: unknown;
    for (const repository of ofOwner) {
      try {
        return await github(repository);
      } catch (error) {
        failure ??= error;
        if (error instanceof TransientError) break;
      }
    }
    throw failure;
  }

  function keep(
    repository: Repository,
    commits: readonly string[],
    node: Record<string, unknown> & { url: string },
  ): void {
    const known = repositories.get(fullName(repository)) ?? {
      url: node.url,
      commits: new LRUCache({ max: MAX_COMMITS }),
      absent: new LRUCache({ max: MAX_COMMITS, ttl: ABSENT_FOR_MS }),
      comparisons: new LRUCache({ max: MAX_COMMITS }),
      ranges: new LRUCache({ max: MAX_RANGES }),
      lineage: undefined,
    };
    repositories.set(fullName(repository), known);
    known.lineage = undefined;
    commits.forEach((commit, at) => {
      if (node[`commit${at}`] === null) known.absent.set(commit, true);
      const parsed = CommitWithHistory.safeParse(node[`commit${at}`]);
      if (!parsed.success) return;
      const source = toSourceCommit(parsed.data, releaseUrl(node.url, parsed.data.oid));
      known.commits.set(commit, source);
      known.commits.set(source.sha, source);
    });
  }

  return {
    async load(wanted) {
      const missing = wanted.filter(({ repository, commit }) => {
        const known = repositories.get(fullName(repository));
        return !known?.commits.has(commit) && !known?.absent.has(commit);
      });
      const owners = [...Map.groupBy(missing, ({ repository }) => repository.owner)];
      try {
        await Promise.all(owners.map(([, ofOwner]) => loadOwner(byRepository(ofOwner))));
      } catch (error) {
        throw toPromoterError(`read commits of ${owners.map(([owner]) => owner).join(', ')}`, error);
      }
    },
    async compare(repository, base, head) {
      const known = repositories.get(fullName(repository));
      const basehead = `${base}...${head}`;
      if (!known || known.comparisons.has(basehead)) return;
      const { owner, name: repo } = repository;
      try {
        const { rest } = await github(repository);
        const { data } = await rest.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 1 });
        known.comparisons.set(basehead, data.status);
        known.lineage = undefined;
      } catch (error) {
        throw toPromoterError(`compare ${basehead} of ${fullName(repository)}`, error);
      }
    },
    async range(repository, base, head) {
      const known = repositories.get(fullName(repository));
      const basehead = `${base}...${head}`;
      if (!known || known.ranges.has(basehead)) return;
      try {
        const commits = await compareAll(await github(repository), repository, basehead);
        if (!commits) return;
        known.ranges.set(basehead, commits);
        known.lineage = undefined;
      } catch (error) {
        throw toPromoterError(`compare ${basehead} of ${fullName(repository)}`, error);
      }
    },
    isAbsent: (repository, commit) => repositories.get(fullName(repository))?.absent.has(commit) ?? false,
    lineage(repository) {
      const known = repositories.get(fullName(repository));
      if (!known) return undefined;
      known.lineage ??= {
        url: known.url,
        commits: Object.fromEntries(known.commits.entries()),
        comparisons: Object.fromEntries(known.comparisons.entries()),
        ranges: Object.fromEntries(known.ranges.entries()),
      };
      return known.lineage;
    },
  };
}

/** GitHub lists a comparison oldest first, in pages. @returns undefined where there are more than the pages that are read. */
async function compareAll(
  { rest }: GitHub,
  { owner, name: repo }: Repository,
  basehead: string,
): Promise<HistoryCommit[] | undefined> {
  const found = new Map<string, HistoryCommit>();
  for (let page = 1; page <= MAX_COMPARED_PAGES; page += 1) {
    const asked = { owner, repo, basehead, per_page: COMPARED_PER_PAGE, page };
    const { data } = await rest.repos.compareCommitsWithBasehead(asked);
    for (const { sha, commit, author } of data.commits) {
      const [headline = ''] = commit.message.split('\n', 1);
      const committedAt = commit.committer?.date ?? commit.author?.date;
      if (committedAt) found.set(sha, { sha, committedAt, headline, author: author?.login });
    }
    if (found.size >= data.total_commits) return [...found.values()].reverse();
    if (data.commits.length === 0) return undefined;
  }
  return undefined;
}

function byRepository(wanted: readonly WantedCommit[]): WantedByRepository {
  return [...Map.groupBy(wanted, ({ repository }) => fullName(repository)).values()].flatMap((ofOne) => {
    const [first] = ofOne;
    return first ? [{ repository: first.repository, commits: [...new Set(ofOne.map(({ commit }) => commit))] }] : [];
  });
}

function sourceQuery(wanted: WantedByRepository): { query: string; variables: Record<string, string> } {
  const variables: Record<string, string> = {};
  const fields = wanted.map(({ repository, commits }, index) => {
    variables[`owner${index}`] = repository.owner;
    variables[`name${index}`] = repository.name;
    const objects = commits.map((commit, at) => {
      variables[`commit${index}x${at}`] = commit;
      return `commit${at}: object(expression: $commit${index}x${at}) { ... on Commit { ${COMMIT_FIELDS} ${DEPLOYMENT_FIELDS} history(first: 100) { nodes { ${COMMIT_FIELDS} } } } }`;
    });
    return `repository${index}: repository(owner: $owner${index}, name: $name${index}) { url nameWithOwner ${objects.join(' ')} }`;
  });
  const declarations = Object.keys(variables).map((name) => `$${name}: String!`);
  return { query: `query SourceCommits(${declarations.join(', ')}) { ${fields.join(' ')} }`, variables };
}

function toSourceCommit(node: CommitWithHistory, releaseUrl: string | undefined): SourceCommit {
  const plain = ({ oid, committedDate, messageHeadline, author }: z.infer<typeof CommitNode>) => ({
    sha: oid,
    committedAt: committedDate,
    headline: messageHeadline,
    author: author?.user?.login,
  });
  return {
    ...plain(node),
    releaseUrl,
    history: node.history.nodes.map(plain),
    deployments: node.deployments?.nodes.flatMap(({ environment, payload, latestStatus }) => {
      const configCommit = configCommitOf(payload);
      if (!environment || !configCommit || !latestStatus) return [];
      return [{ environment, configCommit, isFailed: latestStatus.state === 'FAILURE' }];
    }),
  };
}

function configCommitOf(payload: string | null): string | undefined {
  if (payload === null) return undefined;
  try {
    const value: unknown = JSON.parse(payload);
    return Payload.safeParse(typeof value === 'string' ? JSON.parse(value) : value).data?.config_commit;
  } catch {
    return undefined; // another tool's
  }
}
