// Git objects in GraphQL. Fields are functions, so only what a query asks for is read.
import { connection, type PageArguments } from './connection.ts';
import { userOf } from './account-resolvers.ts';
import { type Commit, type Person, splitMessage, type TreeEntry } from '../../git/git-object.ts';
import { mayRead } from '../callers.ts';
import { forbidden } from '../errors.ts';
import type { GraphqlContext } from './graphql-context.ts';
import type { Hub } from '../hub.ts';
import { nodeId } from '../shapes/links.ts';
import { isSigned } from '../operations/signed-commit.ts';
import { type Deployment, fullName, type PullRequest, type Repository } from '../world.ts';
import { type PullRequestArguments, stateOf } from './pull-request-arguments.ts';
import { statusRollup } from './status-rollup.ts';

/** GitHub truncates a blob's text at this length and sets isTruncated. */
const TEXT_LIMIT = 512_000;

export interface GitResolvers {
  object(expression: string): Promise<object | null>;
  commitOf(oid: string): Promise<object | null>;
  ref(name: string): Promise<object | null>;
}

/** The App's key signs nothing that a person pushes, whatever author the commit names. */
function signatureOf(hub: Hub, { oid }: Commit): object | null {
  if (!isSigned(hub, oid)) return null;
  return { __typename: 'GpgSignature', isValid: true, state: 'VALID', wasSignedByGitHub: true };
}

export function gitResolvers(
  hub: Hub,
  repository: Repository,
  repositoryNode: () => object,
  pullRequests: (matches: (pull: PullRequest) => boolean) => object[],
): GitResolvers {
  const git = hub.gitOf(repository);
  const page = hub.links.repositoryPage(repository);

  const blob = (oid: string, content: Buffer) => {
    const isBinary = content.subarray(0, 8000).includes(0);
    return {
      __typename: 'Blob',
      id: nodeId('Blob', oid),
      oid,
      abbreviatedOid: oid.slice(0, 7),
      byteSize: content.length,
      isBinary,
      isTruncated: content.length > TEXT_LIMIT,
      text: isBinary ? null : content.subarray(0, TEXT_LIMIT).toString(),
    };
  };

  const treeEntry = (entry: TreeEntry, path: string) => ({
    name: entry.name,
    path,
    mode: Number.parseInt(entry.mode, 8),
    type: entry.type,
    oid: entry.oid,
    object: () => objectByOid(entry.oid, path),
  });

  const tree = (oid: string, entries: TreeEntry[], path: string) => ({
    __typename: 'Tree',
    id: nodeId('Tree', oid),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    entries: entries.map((entry) => treeEntry(entry, path ? `${path}/${entry.name}` : entry.name)),
  });

  async function objectByOid(oid: string, path = ''): Promise<object | null> {
    const object = await git.read(oid);
    if (!object) return null;
    if (object.type === 'blob') return blob(object.oid, object.content);
    if (object.type === 'tree') return tree(object.oid, (await git.tree(object.oid)) ?? [], path);
    const commit = await git.commit(object.oid);
    return commit ? commitNode(commit) : null;
  }

  /** Walks the trees by name, because the mode of an entry is stored in its tree. */
  async function entryAt(commit: Commit, path: string): Promise<object | null> {
    const parts = path.split('/').filter(Boolean);
    let entries = await git.tree(commit.tree);
    let found: TreeEntry | undefined;
    for (const [index, part] of parts.entries()) {
      found = entries?.find((entry) => entry.name === part);
      if (!found) return null;
      entries = index < parts.length - 1 && found.type === 'tree' ? await git.tree(found.oid) : undefined;
    }
    return found ? treeEntry(found, path) : null;
  }

  const actor = (person: Person) => ({
    name: person.name,
    email: person.email,
    date: person.date,
    user: userOf(hub, person),
  });

  function deploymentNode(deployment: Deployment): object {
    const latest = deployment.statuses.at(-1);
    return {
      id: nodeId('Deployment', deployment.id),
      databaseId: deployment.id,
      environment: deployment.environment,
      description: deployment.description,
      task: deployment.task,
      payload: JSON.stringify(deployment.payload),
      createdAt: deployment.createdAt,
      latestStatus: latest
        ? {
            id: nodeId('DeploymentStatus', latest.id),
            state: latest.state.toUpperCase(),
            description: latest.description,
            logUrl: latest.targetUrl || null,
            createdAt: latest.createdAt,
          }
        : null,
    };
  }

  function commitNode(commit: Commit): object {
    const { headline, body } = splitMessage(commit.message);
    return {
      __typename: 'Commit',
      id: nodeId('Commit', `${repository.id}/${commit.oid}`),
      oid: commit.oid,
      abbreviatedOid: commit.oid.slice(0, 7),
      url: `${page}/commit/${commit.oid}`,
      message: commit.message,
      messageHeadline: headline,
      messageBody: body,
      committedDate: commit.committer.date,
      authoredDate: commit.author.date,
      author: actor(commit.author),
      committer: actor(commit.committer),
      signature: signatureOf(hub, commit),
      associatedPullRequests: (args: PageArguments) =>
        connection(
          pullRequests((pull) => pull.mergeCommitSha === commit.oid || pull.headSha === commit.oid),
          args,
        ),
      parents: (args: PageArguments) =>
        Promise.all(commit.parents.map((oid) => commitOf(oid))).then((parents) => connection(parents, args)),
      tree: async () => tree(commit.tree, (await git.tree(commit.tree)) ?? [], ''),
      file: ({ path }: { path: string }) => entryAt(commit, path),
      history: async ({ path, first, after }: PageArguments & { path?: string | null }) => {
        const commits = await git.log(commit.oid, first ?? 100, path ?? undefined);
        return connection(commits.map(commitNode), { first: first ?? null, after: after ?? null });
      },
      statusCheckRollup: (_: unknown, { caller }: GraphqlContext) => {
        const rollup = statusRollup(hub, repository, commit.oid);
        // GitHub refuses what is there, not what is not.
        if (rollup && !(mayRead(caller, 'checks') && mayRead(caller, 'statuses'))) throw forbidden();
        return rollup;
      },
      deployments: (args: PageArguments) =>
        connection(
          hub.store.world.deployments
            .filter(({ repository: where, sha }) => where === fullName(repository) && sha === commit.oid)
            .map(deploymentNode),
          args,
        ),
      repository: repositoryNode,
    };
  }

  async function commitOf(oid: string): Promise<object | null> {
    const commit = await git.commit(oid);
    return commit ? commitNode(commit) : null;
  }

  return {
    commitOf,
    async object(expression) {
      const object = await git.read(expression);
      return object ? objectByOid(object.oid, expression.split(':')[1]) : null;
    },
    async ref(name) {
      const qualified = name.startsWith('refs/') ? name : `refs/heads/${name}`;
      const oid = await git.ref(qualified);
      if (!oid) return null;
      const [, , ...rest] = qualified.split('/');
      return {
        id: nodeId('Ref', `${repository.id}/${qualified}`),
        name: rest.join('/'),
        prefix: qualified.slice(0, qualified.length - rest.join('/').length),
        target: () => objectByOid(oid),
        repository: repositoryNode,
        associatedPullRequests: ({ states, baseRefName, ...args }: PullRequestArguments) =>
          connection(
            pullRequests(
              (pull) =>
                pull.forkOwner === undefined &&
                `refs/heads/${pull.headRef}` === qualified &&
                (!baseRefName || pull.baseRef === baseRefName) &&
                (!states || states.includes(stateOf(pull))),
            ),
            args,
          ),
        compare: async ({ headRef }: { headRef: string }) => {
          const head = await git.commit(headRef);
          if (!head) return null;
          const { ahead, behind } = await git.aheadBehind(oid, head.oid);
          const status =
            ahead > 0 && behind > 0 ? 'DIVERGED' : ahead > 0 ? 'AHEAD' : behind > 0 ? 'BEHIND' : 'IDENTICAL';
          return { id: nodeId('Comparison', `${oid}...${head.oid}`), status, aheadBy: ahead, behindBy: behind };
        },
      };
    },
  };
}
