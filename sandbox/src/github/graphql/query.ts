import type { Caller } from '../callers.ts';
import { ApiError, notFound } from '../errors.ts';
import { accountOf, type Hub, repositoryOf } from '../hub.ts';
import { hasMergeQueue } from '../operations/merge-queue.ts';
import type { RateLimit } from '../rest/rate-limits.ts';
import { nodeId } from '../shapes/links.ts';
import { fullName, mergeMethodsOf, type PullRequest, type Repository } from '../world.ts';
import { accountActor } from './account-resolvers.ts';
import { connection } from './connection.ts';
import { gitResolvers, type GitResolvers } from './git-resolvers.ts';
import type { PullRequestArguments } from './pull-request-arguments.ts';
import { findPullRequests, pullRequestNode } from './pull-request-resolvers.ts';

export interface RepositoryResolvers {
  git: GitResolvers;
  node: object;
  pullRequest(pull: PullRequest): object;
}

export function repositoryResolvers(hub: Hub, repository: Repository): RepositoryResolvers {
  const git: GitResolvers = gitResolvers(
    hub,
    repository,
    () => node,
    (matches) =>
      findPullRequests(hub, repository, {})
        .filter(matches)
        .map((pull) => pullRequestNode(hub, repository, git, pull)),
  );
  const node: object = {
    __typename: 'Repository',
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    url: hub.links.repositoryPage(repository),
    description: repository.description,
    isPrivate: false,
    isArchived: repository.isArchived ?? false,
    createdAt: repository.createdAt,
    pushedAt: repository.pushedAt,
    deleteBranchOnMerge: repository.deleteBranchOnMerge,
    autoMergeAllowed: false,
    mergeCommitAllowed: mergeMethodsOf(repository).includes('merge'),
    squashMergeAllowed: mergeMethodsOf(repository).includes('squash'),
    rebaseMergeAllowed: mergeMethodsOf(repository).includes('rebase'),
    mergeQueue: ({ branch }: { branch?: string | null }) =>
      hasMergeQueue(repository, branch ?? repository.defaultBranch)
        ? {
            id: nodeId('MergeQueue', repository.id),
            url: `${hub.links.repositoryPage(repository)}/queue/${branch ?? repository.defaultBranch}`,
          }
        : null,
    owner: () => accountActor(hub, repository.owner),
    defaultBranchRef: () => git.ref(repository.defaultBranch),
    ref: ({ qualifiedName }: { qualifiedName: string }) => git.ref(qualifiedName),
    object: ({ expression, oid }: { expression?: string; oid?: string }) => git.object(expression ?? oid ?? 'HEAD'),
    pullRequest: ({ number }: { number: number }) => {
      const pull = findPullRequests(hub, repository, {}).find((candidate) => candidate.number === number);
      if (!pull) throw notFound(`Could not resolve to a PullRequest with the number of ${number}.`);
      return pullRequestNode(hub, repository, git, pull);
    },
    pullRequests: (args: PullRequestArguments) =>
      connection(
        findPullRequests(hub, repository, args).map((pull) => pullRequestNode(hub, repository, git, pull)),
        args,
      ),
  };
  return { git, node, pullRequest: (pull) => pullRequestNode(hub, repository, git, pull) };
}

export function queries(hub: Hub, caller: Caller, limit: RateLimit) {
  return {
    repository({ owner, name }: { owner: string; name: string }): object {
      try {
        return repositoryResolvers(hub, repositoryOf(hub, owner, name)).node;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        throw notFound(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
    },
    viewer(): object {
      if (caller.kind === 'person' || caller.kind === 'installation')
        return { ...accountActor(hub, caller.account.login), __typename: 'User' };
      throw new ApiError(401, 'Requires authentication', { graphqlType: 'UNAUTHORIZED' });
    },
    organization({ login }: { login: string }): object {
      const account = accountOf(hub, login);
      if (account.type !== 'Organization')
        throw notFound(`Could not resolve to an Organization with the login of '${login}'.`);
      return {
        ...accountActor(hub, login),
        team: ({ slug }: { slug: string }) => {
          const team = hub.store.world.teams.find(
            (candidate) => candidate.organization === login && candidate.slug === slug,
          );
          if (!team) return null;
          const members = team.members.map((member) => accountActor(hub, member));
          return {
            id: nodeId('Team', team.id),
            slug,
            name: team.name,
            members: (args: { first?: number }) => connection(members, args),
          };
        },
      };
    },
    rateLimit: () => ({
      cost: 1,
      limit: limit.limit,
      nodeCount: 0,
      remaining: limit.remaining,
      used: limit.used,
      resetAt: new Date(limit.reset * 1000).toISOString(),
    }),
  };
}
