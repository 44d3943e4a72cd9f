// Commits of source repositories: what they are and what came before them. Commits never change, so what was read is kept.
import { GraphqlResponseError } from '@octokit/graphql';
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { Lineage, SourceCommit } from '../decide/promotion.ts';
import { keepRecent } from '../keep-recent.ts';
import { graphqlTypes, toPromoterError } from '../github/errors.ts';

const KEPT = 500;

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
/** What `report-deployment.ts` writes; GitHub gives it back as JSON, in some versions of its API as JSON in a string. */
const Payload = z.object({ config_commit: z.string() });
const RepositoryNode = z.looseObject({ url: z.string() }).nullable();

export interface SourceReader {
  /** Reads what is not known yet, one request for all repositories. Unknown repositories and commits are left out. */
  load(wanted: readonly { repository: string; commit: string }[]): Promise<void>;
  /** Answers pairs whose histories do not tell which is newer. */
  compare(repository: string, base: string, head: string): Promise<void>;
  /** What is known of a repository by now; undefined before anything was read. */
  lineage(repository: string): Lineage | undefined;
}

interface Known {
  url: string;
  commits: Map<string, SourceCommit>;
  comparisons: Map<string, Lineage['comparisons'][string]>;
  /** Made when asked for, until something is added. */
  lineage: Lineage | undefined;
}

/** An App without the permission for deployments gets null for them, and an error of the second type beside the data. */
const UNREADABLE = new Set(['NOT_FOUND', 'FORBIDDEN']);

/** One repository that we may not read must not hide the others. */
function keepWhatWasFound(error: unknown): unknown {
  const types = graphqlTypes(error);
  if (error instanceof GraphqlResponseError && types.length > 0 && types.every((type) => UNREADABLE.has(type)))
    return error.data ?? {};
  throw error;
}

function configCommitOf(payload: string | null): string | undefined {
  try {
    const value: unknown = JSON.parse(payload ?? 'null');
    return Payload.safeParse(typeof value === 'string' ? JSON.parse(value) : value).data?.config_commit;
  } catch {
    return undefined; // another tool's
  }
}

const DEPLOYMENT_FIELDS = 'deployments(last: 50) { nodes { environment payload latestStatus { state } } }';
const COMMIT_FIELDS = 'oid messageHeadline committedDate author { user { login } }';

/** @param releaseUrl where people see the way of a commit's release. */
export function createSourceReader(
  octokitOf: (owner: string, repository: string) => Promise<Octokit>,
  releaseUrl: (repositoryUrl: string, commit: string) => string | undefined,
): SourceReader {
  const repositories = new Map<string, Known>();

  const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void =>
    keepRecent(map, key, value, KEPT);

  const toSourceCommit = (node: z.infer<typeof CommitWithHistory>, url: string): SourceCommit => ({
    sha: node.oid,
    committedAt: node.committedDate,
    headline: node.messageHeadline,
    author: node.author?.user?.login,
    releaseUrl: releaseUrl(url, node.oid),
    history: node.history.nodes.map(({ oid, committedDate, messageHeadline, author }) => ({
      sha: oid,
      committedAt: committedDate,
      headline: messageHeadline,
      author: author?.user?.login,
    })),
    deployments: node.deployments?.nodes.flatMap(({ environment, payload, latestStatus }) => {
      const configCommit = configCommitOf(payload);
      if (!environment || !configCommit || !latestStatus) return [];
      return [{ environment, configCommit, isFailed: latestStatus.state === 'FAILURE' }];
    }),
  });

  async function loadOwner(owner: string, byRepository: ReadonlyMap<string, string[]>): Promise<void> {
    const variables: Record<string, string> = {};
    const fields: string[] = [];
    const wanted = [...byRepository];
    wanted.forEach(([repository, commits], index) => {
      variables[`owner${index}`] = owner;
      variables[`name${index}`] = repository.split('/')[1] ?? '';
      const objects = commits.map((commit, at) => {
        variables[`commit${index}x${at}`] = commit;
        return `commit${at}: object(expression: $commit${index}x${at}) { ... on Commit { ${COMMIT_FIELDS} ${DEPLOYMENT_FIELDS} history(first: 100) { nodes { ${COMMIT_FIELDS} } } } }`;
      });
      fields.push(
        `repository${index}: repository(owner: $owner${index}, name: $name${index}) { url ${objects.join(' ')} }`,
      );
    });
    const declarations = Object.keys(variables).map((name) => `$${name}: String!`);
    const query = `query SourceCommits(${declarations.join(', ')}) { ${fields.join(' ')} }`;
    const [first] = wanted;
    const octokit = await octokitOf(owner, first?.[0].split('/')[1] ?? '');
    const data = z
      .record(z.string(), RepositoryNode)
      .parse(await octokit.graphql(query, variables).catch(keepWhatWasFound));
    wanted.forEach(([repository, commits], index) => {
      const node = data[`repository${index}`];
      if (!node) return;
      const known = repositories.get(repository) ?? {
        url: node.url,
        commits: new Map(),
        comparisons: new Map(),
        lineage: undefined,
      };
      repositories.set(repository, known);
      known.lineage = undefined;
      commits.forEach((commit, at) => {
        const parsed = CommitWithHistory.safeParse(node[`commit${at}`]);
        if (!parsed.success) return;
        const source = toSourceCommit(parsed.data, node.url);
        remember(known.commits, commit, source);
        remember(known.commits, source.sha, source);
      });
    });
  }

  return {
    async load(wanted) {
      const byOwner = new Map<string, Map<string, string[]>>();
      for (const { repository, commit } of wanted) {
        if (repositories.get(repository)?.commits.has(commit)) continue;
        const owner = repository.split('/')[0] ?? '';
        const byRepository = byOwner.get(owner) ?? new Map<string, string[]>();
        byOwner.set(owner, byRepository);
        byRepository.set(repository, [...new Set([...(byRepository.get(repository) ?? []), commit])]);
      }
      try {
        await Promise.all([...byOwner].map(([owner, byRepository]) => loadOwner(owner, byRepository)));
      } catch (error) {
        throw toPromoterError(`read commits of ${[...byOwner.keys()].join(', ')}`, error);
      }
    },
    async compare(repository, base, head) {
      const known = repositories.get(repository);
      const key = `${base}...${head}`;
      if (!known || known.comparisons.has(key)) return;
      const [owner = '', repo = ''] = repository.split('/');
      try {
        const octokit = await octokitOf(owner, repo);
        const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
          owner,
          repo,
          basehead: key,
          per_page: 1,
        });
        remember(known.comparisons, key, data.status);
        known.lineage = undefined;
      } catch (error) {
        throw toPromoterError(`compare ${key} of ${repository}`, error);
      }
    },
    lineage(repository) {
      const known = repositories.get(repository);
      if (!known) return undefined;
      known.lineage ??= {
        url: known.url,
        commits: Object.fromEntries(known.commits),
        comparisons: Object.fromEntries(known.comparisons),
      };
      return known.lineage;
    },
  };
}
